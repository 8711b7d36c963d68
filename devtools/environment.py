"""The virtual environment: made from a lock, every hash checked, remembered in a stamp.

Each lock of `requirements/` holds all of the one before: base, run, test, dev; build stands beside
them on run. The stamp goes first
and comes last, so an interrupted set-up is simply done again; with it, a second start costs a few
reads.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import shutil
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any, Dict, List, Sequence, Tuple, Union

from devtools.pythons import Version, find_python, is_supported
from devtools.system_packages import install_debian_packages
from devtools.terminal import ROOT, RefusedError, answer, call_quietly, say

LOCKS = ("base.txt", "run.txt", "test.txt", "dev.txt")
BUILD_LOCKS = ("base.txt", "run.txt", "build.txt")
STAMP = "house-stamp.json"
STAMP_FORMAT = 1
PIP_WITH_PYTHON_OPTION = (22, 3)
Command = List[Union[str, Path]]


def in_venv(venv: Path, program: str) -> Path:
    """Where a program of the environment is."""
    return venv / "Scripts" / f"{program}.exe" if os.name == "nt" else venv / "bin" / program


def digest(path: Path) -> str:
    """What a file holds, as one word; line ends do not count."""
    return hashlib.sha256(path.read_bytes().replace(b"\r\n", b"\n")).hexdigest()


def stamp_for(lock: str, version: Sequence[int]) -> Dict[str, Any]:
    """What the stamp says once this lock is installed."""
    line = LOCKS if lock in LOCKS else BUILD_LOCKS
    upto = line[: line.index(lock) + 1]
    name, release, scripts = project()
    return {
        "format": STAMP_FORMAT,
        "root": str(ROOT),
        "python": list(version[:2]),
        "link": [name, release, scripts, extras()],
        "locks": {name: digest(ROOT / "requirements" / name) for name in upto},
    }


def read_stamp(venv: Path) -> Dict[str, Any]:
    """Read the stamp of an environment; nothing when it is unfinished, broken or moved."""
    try:
        stamp = json.loads((venv / STAMP).read_text("utf-8"))
        config = (venv / "pyvenv.cfg").read_text("utf-8")
        home = re.search(r"^home\s*=\s*(.+)$", config, re.MULTILINE)
        whole = in_venv(venv, "python").exists() and home and Path(home[1].strip()).is_dir()
    except (OSError, ValueError):
        return {}
    return stamp if whole and isinstance(stamp, dict) else {}


def satisfies(stamp: Dict[str, Any], wanted: Dict[str, Any]) -> bool:
    """Tell whether an environment with this stamp holds the locks that are wanted, or more."""
    same = all(stamp.get(key) == wanted[key] for key in ("format", "root", "python"))
    return same and wanted["locks"].items() <= stamp.get("locks", {}).items()


def ensure_venv(venv: Path, lock: str, python: Path, version: Version, yes: bool) -> None:
    """Make the environment hold the lock and this project, doing only what is missing."""
    stamp = read_stamp(venv)
    wanted = stamp_for(lock, version)
    has_locks = satisfies(stamp, wanted)
    if has_locks and stamp.get("link") == wanted["link"]:
        return
    line = LOCKS if lock in LOCKS else BUILD_LOCKS
    everything: Dict[str, str] = stamp_for(line[-1], version)["locks"]
    held: Dict[str, str] = stamp.get("locks", {})
    # Only more may be wanted: what an old lock left behind would stay otherwise.
    can_add = satisfies(stamp, {**wanted, "locks": {}}) and held.items() <= everything.items()
    if (venv / STAMP).exists():
        (venv / STAMP).unlink()
    pip: Command = [in_venv(venv, "python"), "-m", "pip"]
    if not can_add or answer([*pip, "--version"]) is None:
        say(f"making {venv.name} with Python {version[0]}.{version[1]}")
        pip = make_venv(venv, python, version, yes)
        has_locks, held = False, {}
    if not has_locks:
        say(f"installing requirements/{lock} into {venv.name} (a first time takes a minute)")
        options: Command = ["--require-hashes", "--only-binary", ":all:"]
        pip_install(pip, [*options, "-r", ROOT / "requirements" / lock])
    with tempfile.TemporaryDirectory() as folder:
        wheel = write_link_wheel(Path(folder))
        pip_install(pip, ["--no-deps", "--no-index", "--force-reinstall", wheel])
    done = {**wanted, "locks": {**held, **wanted["locks"]}}
    (venv / STAMP).write_text(json.dumps(done, indent=1), "utf-8")


def pip_install(pip: Command, arguments: Command) -> None:
    """Install with pip as its user configured it, silent unless it fails."""
    quiet = ["--quiet", "--disable-pip-version-check", "--no-input"]
    if call_quietly([*pip, "install", *quiet, *arguments]):
        raise RefusedError("pip could not install what is needed: its message is above")


def make_venv(venv: Path, python: Path, version: Version, yes: bool) -> Command:
    """Make an empty environment and give back the pip command that installs into it."""
    if venv.exists():
        shutil.rmtree(venv)
    if has_ensurepip(python):
        if call_quietly([python, "-m", "venv", venv]):
            raise RefusedError(f"{python} could not make {venv.name}")
        return [in_venv(venv, "python"), "-m", "pip"]
    other = pip_that_takes_a_python([python, Path(sys.executable)])
    if other:
        say("this Python has no ensurepip: using the pip that is installed")
        if call_quietly([python, "-m", "venv", "--without-pip", venv]):
            raise RefusedError(f"{python} could not make {venv.name}")
        return [*other, "--python", in_venv(venv, "python")]
    package = f"python{version[0]}.{version[1]}-venv"
    install_debian_packages([package], f"{python} has no ensurepip and no pip", yes)
    if not has_ensurepip(python):
        raise RefusedError(f"{python} has neither ensurepip nor pip: install {package}, or pip")
    return make_venv(venv, python, version, yes)


def has_ensurepip(python: Path) -> bool:
    """Tell whether this Python can put pip into a new environment."""
    return answer([python, "-c", "import venv, ensurepip; ensurepip.version()"]) is not None


def pip_that_takes_a_python(pythons: Sequence[Path]) -> Command | None:
    """Find a pip that can install into another environment (`pip --python`)."""
    for python in pythons:
        found = re.match(r"pip (\d+)\.(\d+)", answer([python, "-m", "pip", "--version"]) or "")
        if found and (int(found[1]), int(found[2])) >= PIP_WITH_PYTHON_OPTION:
            return [python, "-m", "pip"]
    return None


def project() -> Tuple[str, str, Dict[str, str]]:
    """The project's name, version and commands."""
    import tomllib

    declared = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    source = (ROOT / "gateway_engine" / "version.py").read_text("utf-8")
    found = re.search(r'^__version__ = "(.+)"$', source, re.MULTILINE)
    if not found:
        raise RefusedError("gateway_engine/version.py does not say __version__")
    return declared["name"], found[1], declared["scripts"]


def extras() -> Dict[str, List[str]]:
    """What each optional part of the project needs, as pip's requirements."""
    import tomllib

    declared = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return dict(declared["optional-dependencies"])


def link_metadata(distribution: str, version: str) -> str:
    """What pip reads of the link. It tells the extras, which may be added by their name later; what
    is always needed comes from the lock.
    """
    lines = ["Metadata-Version: 2.1", f"Name: {distribution}", f"Version: {version}"]
    for extra, needs in extras().items():
        lines.append(f"Provides-Extra: {extra}")
        for need in needs:
            package, _, marker = need.partition(";")
            where = f"({marker.strip()}) and " if marker else ""
            lines.append(f"Requires-Dist: {package.strip()}; {where}extra == '{extra}'")
    return "\n".join(lines) + "\n"


def write_link_wheel(folder: Path) -> Path:
    """Write a wheel that links this folder into an environment and declares its commands.

    An editable install would fetch a build backend that no lock pins. pip makes the commands from
    the wheel as from any other, on every system.
    """
    distribution, version, commands = project()
    name = distribution.replace("-", "_")
    info = f"{name}-{version}.dist-info"
    scripts = "".join(f"{key} = {value}\n" for key, value in commands.items())
    files = {
        f"{name}.pth": link_line(str(ROOT)),
        f"{info}/METADATA": link_metadata(distribution, version),
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": f"[console_scripts]\n{scripts}",
    }
    record = "".join(f"{path},{record_hash(text)}\n" for path, text in files.items())
    wheel = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, text in {**files, f"{info}/RECORD": f"{record}{info}/RECORD,,\n"}.items():
            archive.writestr(path, text)
    return wheel


def link_line(path: str) -> str:
    """The line of a .pth file; Python 3.11 reads it in the console's encoding, so ASCII only."""
    return f"{path}\n" if path.isascii() else f"import sys; sys.path.append({path!a})\n"


def record_hash(text: str) -> str:
    """What a wheel's RECORD says of a file."""
    raw = hashlib.sha256(text.encode("utf-8")).digest()
    return f"sha256={base64.urlsafe_b64encode(raw).rstrip(b'=').decode()},{len(text.encode())}"


def venv_for(lock: str, yes: bool) -> Path:
    """The project's environment, holding the lock; an existing one keeps its Python."""
    venv = ROOT / ".venv"
    version = sys.version_info[:2]
    python = Path(getattr(sys, "_base_executable", None) or sys.executable)
    stamp = read_stamp(venv)
    made_with = tuple(stamp.get("python", version))
    if made_with != version and is_supported(made_with):
        if satisfies(stamp, stamp_for(lock, made_with)):
            return venv
        found = find_python((made_with[0], made_with[1]))
        if found:
            version, python = (made_with[0], made_with[1]), found
    ensure_venv(venv, lock, python, version, yes)
    return venv
