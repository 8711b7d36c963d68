"""Import directions: every package has a room, the rooms can refuse, importing starts nothing."""

import subprocess
import sys
import textwrap
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.support.house_rules import ROOT

CONTRACTS: list[dict[str, Any]] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))[
    "tool"
]["importlinter"]["contracts"]
ROOMS = {contract["module"] for contract in CONTRACTS}
CODE = ("gateway_engine", "desktop", "resources")


def product_modules() -> list[str]:
    """Dotted names of every module of the product, packages included."""
    names = []
    for root in CODE:
        for path in sorted((ROOT / root).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            names.append(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
    return names


def has_a_room(module: str, rooms: set[str]) -> bool:
    parts = module.split(".")
    return any(".".join(parts[:length]) in rooms for length in range(1, len(parts) + 1))


# A package whose rooms are its parts: only what is in them is judged, so it holds no code itself.
OPEN_PACKAGES = ("gateway_engine", "gateway_engine.upstreams")


def test_every_module_has_a_room() -> None:
    homeless = [
        name
        for name in product_modules()
        if name not in OPEN_PACKAGES and not has_a_room(name, ROOMS)
    ]
    assert not homeless, f"give them a contract in pyproject.toml: {homeless}"


def test_a_new_module_without_a_room_would_be_noticed() -> None:
    assert not has_a_room("gateway_engine.brand_new", ROOMS)
    assert has_a_room("gateway_engine.protocols.sse", ROOMS)


@pytest.mark.parametrize("package", OPEN_PACKAGES)
def test_a_package_without_a_room_holds_no_code(package: str) -> None:
    text = (ROOT / Path(*package.split("."), "__init__.py")).read_text("utf-8")
    assert "import" not in text.replace("imports", "")


def test_rooms_below_a_room_are_excepted_from_it() -> None:
    for contract in CONTRACTS:
        below = {room for room in ROOMS if room.startswith(f"{contract['module']}.")}
        assert set(contract.get("except_modules", [])) == below, contract["module"]


# What a slip looks like, and the room that must refuse it.
SLIPS = {
    "gateway_engine/protocols/slip.py": "import asyncio",
    "gateway_engine/upstreams/wire/slip.py": "import socket",
    "gateway_engine/conversation.py": "import time",
    "gateway_engine/pool/slip.py": "import gateway_engine.upstreams.lingma.client",
    "gateway_engine/server/slip.py": "from gateway_engine.pool import pool",
    "gateway_engine/chat/slip.py": "import aiohttp",
    "gateway_engine/emulator/slip.py": "from gateway_engine import errors",
    "gateway_engine/engine.py": "import PySide6",
    "gateway_engine/accounts/slip.py": "import keyring",
    "gateway_engine/config.py": "import orjson",
    "gateway_engine/cli/slip.py": "import desktop.state",
    "gateway_engine/storage/slip.py": "import sqlite3",
    "desktop/slip.py": "from gateway_engine import engine",
    "desktop/panels/slip.py": "import qasync",
    "desktop/state.py": "import PySide6.QtCore",
}
FINE = {
    "gateway_engine/json_text.py": "import orjson",
    "gateway_engine/server/app.py": "from aiohttp import web\nfrom gateway_engine import errors",
    "gateway_engine/accounts/credentials.py": "import keyring",
    "gateway_engine/storage/database.py": "import sqlite3",
    "gateway_engine/emulator/wire.py": "import websockets\nfrom gateway_engine.emulator import own",
    "gateway_engine/pool/pool.py": "from gateway_engine.upstreams.contract import Upstream",
    "desktop/app.py": "import qasync\nimport PySide6\nfrom gateway_engine import public",
    "desktop/__main__.py": "from gateway_engine.cli import main\nfrom desktop import app",
}


def lint_house(folder: Path, files: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run the real contracts over a made-up house."""
    skeleton = dict.fromkeys(
        [
            "gateway_engine/errors.py",
            "gateway_engine/public.py",
            "gateway_engine/engine.py",
            "gateway_engine/pool/pool.py",
            "gateway_engine/upstreams/contract.py",
            "gateway_engine/upstreams/lingma/client.py",
            "gateway_engine/emulator/own.py",
            "gateway_engine/cli/__init__.py",
            "desktop/state.py",
            "desktop/app.py",
            "resources/__init__.py",
        ],
        "",
    )
    for name, text in {**skeleton, **files}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{text}\n")
    for path in [*folder.rglob("*.py")]:
        for parent in path.relative_to(folder).parents:
            if parent != Path():
                (folder / parent / "__init__.py").touch()
    (folder / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text("utf-8"))
    # Its own folder goes first, so that the made-up packages are found, ours only for the contract.
    run = (
        f"import sys; sys.path[:0] = [{str(folder)!r}]; sys.path.append({str(ROOT)!r});"
        "from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    )
    return subprocess.run(
        [sys.executable, "-P", "-c", run], cwd=folder, capture_output=True, text=True, check=False
    )


def test_the_contracts_refuse_every_slip_and_nothing_else(tmp_path: Path) -> None:
    fine = lint_house(tmp_path / "fine", FINE)
    assert fine.returncode == 0, fine.stdout + fine.stderr
    slipped = lint_house(tmp_path / "slipped", {**FINE, **SLIPS})
    assert slipped.returncode == 1, slipped.stdout + slipped.stderr
    for name, text in SLIPS.items():
        module = name.removesuffix(".py").replace("/", ".")
        reported = [line for line in slipped.stdout.splitlines() if f"{module} -> " in line]
        assert len(reported) == 1, f"{text!r} in {name} was not refused:\n{slipped.stdout}"


def test_importing_the_engine_starts_nothing_and_needs_no_qt() -> None:
    names = [n for n in product_modules() if n.startswith("gateway_engine")]
    names = [n for n in names if not n.endswith("__main__")]
    program = f"""
        import importlib, sys, threading
        for name in {names!r}:
            importlib.import_module(name)
            assert threading.active_count() == 1, name + " started a thread"
            for forbidden in ("PySide6", "qasync", "desktop", "resources"):
                assert forbidden not in sys.modules, name + " imported " + forbidden
    """
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", textwrap.dedent(program)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
