"""The order in which a Lingma is looked for, on a made-up home."""

import sys
from pathlib import Path

import pytest

from gateway_engine.upstreams.lingma.binary import find_lingma, platform_name, program_name

HERE, NAME = platform_name(), program_name()
PLUGIN = ".lingma/bin/{}/" + f"{HERE}/{NAME}"
RENAMED = ".qodercn/bin/{}/" + f"{HERE}/{NAME}"
EXTENSION = ".vscode/extensions/alibaba-cloud.tongyi-lingma-{0}/dist/bin/{0}/" + f"{HERE}/{NAME}"
UNPACKED = ".vscode/extensions/alibaba-cloud.tongyi-lingma-{}/resources/bin/" + f"{HERE}/{NAME}"


def put(home: Path, *names: str, mode: int = 0o755) -> None:
    for name in names:
        file = home / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("#!/bin/sh\n")
        file.chmod(mode)


def found(home: Path) -> str | None:
    program = find_lingma(home=home, environ={}, downloads=home / "downloads").program
    return None if program is None else program.relative_to(home).as_posix()


def test_nothing_there_says_where_it_looked(tmp_path: Path) -> None:
    discovery = find_lingma(home=tmp_path, environ={}, downloads=tmp_path / "downloads")
    assert discovery.program is None
    assert any(".lingma" in place for place in discovery.looked_at)
    assert any("downloads" in place for place in discovery.looked_at)


def test_the_order(tmp_path: Path) -> None:
    downloaded = f"downloads/9.0.0/{HERE}/{NAME}"
    order = [
        PLUGIN.format("2.5.20"),
        RENAMED.format("9.0.0"),
        EXTENSION.format("9.0.0"),
        UNPACKED.format("9.0.0"),
        downloaded,
    ]
    for name in reversed(order):
        put(tmp_path, name)
        assert found(tmp_path) == name


@pytest.mark.parametrize("place", [PLUGIN, EXTENSION, UNPACKED])
def test_the_newest_version_by_number(tmp_path: Path, place: str) -> None:
    for version in ("2.5.9", "2.11.1", "2.5.20"):
        put(tmp_path, place.format(version))
    assert found(tmp_path) == place.format("2.11.1")


@pytest.mark.skipif(sys.platform == "win32", reason="run bits of POSIX")
def test_what_cannot_run_is_passed_over(tmp_path: Path) -> None:
    put(tmp_path, PLUGIN.format("3.0.0"), mode=0o644)
    (tmp_path / PLUGIN.format("4.0.0")).mkdir(parents=True)
    put(tmp_path, PLUGIN.format("2.0.0"))
    assert found(tmp_path) == PLUGIN.format("2.0.0")


def test_another_platform_is_passed_over(tmp_path: Path) -> None:
    put(tmp_path, f".lingma/bin/2.0.0/riscv_plan9/{NAME}")
    assert found(tmp_path) is None
