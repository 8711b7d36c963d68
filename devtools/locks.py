"""Resolves `requirements/*.txt` for Linux, macOS and Windows and every supported Python."""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import Any, Dict, Sequence, Tuple

from devtools.environment import in_venv, make_venv
from devtools.terminal import ROOT, RefusedError, call, call_quietly, say

LOCK_OPTIONS: Dict[str, Tuple[str, ...]] = {
    "dev.txt": ("--all-extras", "--group", "dev", "--group", "build"),
    "test.txt": (
        "--extra",
        "desktop",
        "--extra",
        "browser",
        "--extra",
        "auto-login",
        "--group",
        "dev",
    ),
    "run.txt": ("--extra", "desktop"),
    "base.txt": (),
    "build.txt": ("--extra", "desktop", "--extra", "browser", "--group", "build"),
}
LOCK_TOOL = "uv==0.13.8"


def dependency_digest(pyproject: dict[str, Any]) -> str:
    """What the locks were resolved from, as one word."""
    project = pyproject["project"]
    parts = [project[k] for k in ("requires-python", "dependencies", "optional-dependencies")]
    parts.append(pyproject["dependency-groups"])
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def resolve(yes: bool, options: Sequence[str]) -> int:
    """Write the locks anew; `--upgrade` takes newer versions than the ones locked now."""
    import tomllib

    venv = ROOT / ".venv-lock"
    if not in_venv(venv, "uv").exists():
        pip = make_venv(venv, Path(sys.executable), sys.version_info[:2], yes)
        if call_quietly([*pip, "install", "--quiet", LOCK_TOOL]):
            raise RefusedError(f"pip could not install {LOCK_TOOL}")
    word = dependency_digest(tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8")))
    for name, chosen in LOCK_OPTIONS.items():
        say(f"lock: requirements/{name}")
        target = ROOT / "requirements" / name
        same = [] if name == "dev.txt" else ["--constraint", "requirements/dev.txt"]
        command = ["pip", "compile", "--quiet", "pyproject.toml", "--universal", "--no-annotate"]
        command += ["--python-version", "3.11", "--generate-hashes", "--no-header", *chosen, *same]
        upgrade = options if name == "dev.txt" else []
        if call([in_venv(venv, "uv"), *command, *upgrade, "-o", f"requirements/{name}"]):
            raise RefusedError(f"uv could not resolve requirements/{name}")
        head = f"# Written by `python3 dev.py lock`.\n# resolved from {word}\n"
        target.write_text(head + target.read_text("utf-8"), "utf-8", newline="\n")
    return 0
