"""What dev.py decides without touching the machine: which Python, what is missing or ready."""

import ast
import base64
import errno
import hashlib
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from devtools import command_line, environment, pythons, suite, system_packages
from devtools.environment import BUILD_LOCKS, LOCKS
from devtools.terminal import RefusedError
from tests.support.house_rules import ROOT

# --- which Python ---


@pytest.mark.parametrize("version", [(3, 11), (3, 12), (3, 13)])
def test_these_pythons_are_supported(version: tuple[int, int]) -> None:
    assert pythons.is_supported((*version, 7))


@pytest.mark.parametrize(("version", "why"), [((3, 10), "too old"), ((3, 14), "qasync")])
def test_others_are_refused_in_words(version: tuple[int, int], why: str) -> None:
    assert not pythons.is_supported(version)
    text = pythons.refusal(version)
    assert f"{version[0]}.{version[1]}" in text
    assert why in text
    assert "3.11, 3.12 or 3.13" in text


def executable(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


@pytest.mark.skipif(os.name == "nt", reason="the stand-ins are shell scripts")
def test_a_shim_that_leads_nowhere_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shims = executable(tmp_path / "shims" / "python3.12", "exit 127").parent
    real = executable(
        tmp_path / "pyenv/versions/3.12.1/bin/python", 'echo "3 12 /a folder/python3.12"'
    )
    monkeypatch.setenv("PATH", str(shims))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    assert list(pythons.candidates((3, 12)))[:2] == [[str(shims / "python3.12")], [str(real)]]
    assert pythons.find_python((3, 12)) == Path("/a folder/python3.12")


@pytest.mark.skipif(os.name == "nt", reason="the stand-ins are shell scripts")
def test_a_python_that_lies_about_its_version_is_not_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    liar = executable(tmp_path / "python3.13", 'echo "3 10 /usr/bin/python3.10"')
    monkeypatch.setattr(pythons, "candidates", lambda _version: iter([[str(liar)]]))
    assert pythons.find_python((3, 13)) is None


def test_with_no_usable_python_it_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 14, 0, "final", 0))
    monkeypatch.setattr(pythons, "find_python", lambda _version: None)
    with pytest.raises(RefusedError, match=r"This is 3\.14"):
        pythons.use_a_supported_python([])


def test_an_old_python_can_parse_everything_that_dev_py_imports() -> None:
    for path in (ROOT / "devtools").glob("*.py"):
        ast.parse(path.read_text("utf-8"), feature_version=(3, 8))
    source = (ROOT / "dev.py").read_text("utf-8")
    tree = ast.parse(source, feature_version=(3, 7))
    kinds = [type(statement).__name__ for statement in tree.body]
    assert kinds[:3] == ["Expr", "Import", "If"], "the refusal comes before any other import"
    assert not any(isinstance(node, ast.JoinedStr) for node in ast.walk(tree))


def test_only_the_standard_library_is_imported() -> None:
    for path in (ROOT / "devtools").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                root = name.partition(".")[0]
                assert root == "devtools" or root in sys.stdlib_module_names, f"{path}: {name}"


# --- Debian packages ---


def test_dpkg_listing_counts_only_what_is_installed() -> None:
    listing = "libegl1 installed\nxvfb not-installed\nopenbox config-files\nlibgl1 installed\n"
    assert system_packages.parse_installed(listing) == {"libegl1", "libgl1"}


def test_of_alternatives_one_is_enough_and_the_first_is_installed() -> None:
    wanted = ["libglib2.0-0|libglib2.0-0t64", "fonts-wqy-zenhei|fonts-noto-cjk", "libegl1"]
    assert system_packages.missing_packages(wanted, {"libglib2.0-0t64", "fonts-noto-cjk"}) == [
        "libegl1"
    ]
    assert system_packages.missing_packages(wanted, {"libegl1"}) == [
        "libglib2.0-0",
        "fonts-wqy-zenhei",
    ]


@pytest.mark.skipif(os.name == "nt", reason="only Debian is asked")
def test_without_root_and_without_consent_the_one_command_is_printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def no_call(*_arguments: object, **_options: object) -> int:
        raise AssertionError("nothing may be installed")

    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(system_packages, "agreed", lambda _question: False)
    monkeypatch.setattr(system_packages, "call_quietly", no_call)
    assert not system_packages.install_debian_packages(["xvfb"], "Qt", yes=False)
    printed = capsys.readouterr().out.strip().splitlines()
    assert len(printed) == 1
    assert "apt-get install -y --no-install-recommends xvfb" in printed[0]


# --- the environment ---


@pytest.fixture
def venv(tmp_path: Path) -> Path:
    """Something that looks like an environment."""
    folder = tmp_path / ".venv"
    python = environment.in_venv(folder, "python")
    python.parent.mkdir(parents=True)
    python.touch()
    (folder / "pyvenv.cfg").write_text(f"home = {tmp_path}\n")
    return folder


def stamp(venv: Path, content: object) -> None:
    (venv / environment.STAMP).write_text(json.dumps(content))


def test_a_larger_lock_satisfies_a_smaller_one_and_not_the_other_way() -> None:
    test, run = (environment.stamp_for(lock, (3, 11)) for lock in ("test.txt", "run.txt"))
    assert environment.satisfies(test, run)
    assert not environment.satisfies(run, test)


@pytest.mark.parametrize(
    "change",
    [{"python": [3, 12]}, {"root": "/elsewhere"}, {"format": 0}, {"locks": {"base.txt": "0"}}, {}],
)
def test_a_stamp_that_says_something_else_does_not_satisfy(change: dict[str, object]) -> None:
    wanted = environment.stamp_for("base.txt", (3, 11))
    assert environment.satisfies(wanted, wanted)
    assert not environment.satisfies({**wanted, **change} if change else {}, wanted)


def test_a_stamp_is_read_back(venv: Path) -> None:
    wanted = environment.stamp_for("run.txt", (3, 11))
    stamp(venv, wanted)
    assert environment.read_stamp(venv) == wanted


@pytest.mark.parametrize("damage", ["no stamp", "half a stamp", "no python", "python is gone"])
def test_a_broken_environment_has_no_stamp(venv: Path, damage: str) -> None:
    stamp(venv, environment.stamp_for("run.txt", (3, 11)))
    if damage == "no stamp":
        (venv / environment.STAMP).unlink()
    elif damage == "half a stamp":
        (venv / environment.STAMP).write_text('{"format": 1')
    elif damage == "no python":
        environment.in_venv(venv, "python").unlink()
    else:
        (venv / "pyvenv.cfg").write_text("home = /nowhere/at/all\n")
    assert environment.read_stamp(venv) == {}


class SwitchedOffError(Exception):
    """As if the machine had been switched off."""


def test_an_interrupted_set_up_leaves_no_stamp(venv: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_arguments: object) -> None:
        raise SwitchedOffError

    version = (sys.version_info[0], sys.version_info[1])
    stamp(venv, {**environment.stamp_for("base.txt", version), "format": 0})
    monkeypatch.setattr(environment, "make_venv", lambda *_arguments: ["pip"])
    monkeypatch.setattr(environment, "pip_install", interrupt)
    with pytest.raises(SwitchedOffError):
        environment.ensure_venv(venv, "run.txt", Path(sys.executable), version, yes=False)
    assert not (venv / environment.STAMP).exists()


def test_a_finished_environment_is_left_alone(venv: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def touch(*_arguments: object) -> None:
        raise AssertionError("nothing was to be done")

    stamp(venv, environment.stamp_for("test.txt", (3, 11)))
    monkeypatch.setattr(environment, "make_venv", touch)
    monkeypatch.setattr(environment, "pip_install", touch)
    environment.ensure_venv(venv, "run.txt", Path(sys.executable), (3, 11), yes=False)


def test_more_is_added_but_an_old_lock_is_rebuilt(
    venv: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def make_venv(*_arguments: object) -> list[str]:
        made.append("made")
        return ["pip"]

    made: list[str] = []
    installed: list[str] = []
    monkeypatch.setattr(environment, "answer", lambda _arguments: "pip 24.0")
    monkeypatch.setattr(environment, "make_venv", make_venv)
    monkeypatch.setattr(environment, "pip_install", lambda _p, a: installed.append(str(a[-1])))
    base = environment.stamp_for("base.txt", (3, 11))
    stamp(venv, base)
    environment.ensure_venv(venv, "run.txt", Path(sys.executable), (3, 11), yes=False)
    assert made == []
    assert installed[0].endswith("run.txt")
    assert set(environment.read_stamp(venv)["locks"]) == {"base.txt", "run.txt"}
    stamp(venv, {**base, "locks": {"base.txt": "an older lock"}})
    environment.ensure_venv(venv, "run.txt", Path(sys.executable), (3, 11), yes=False)
    assert made == ["made"]


def test_a_new_command_only_links_anew(venv: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed: list[str] = []
    monkeypatch.setattr(environment, "answer", lambda _arguments: "pip 24.0")
    monkeypatch.setattr(environment, "pip_install", lambda _p, a: installed.append(str(a[-1])))
    stamp(venv, {**environment.stamp_for("test.txt", (3, 11)), "link": ["x", "0", {}]})
    environment.ensure_venv(venv, "run.txt", Path(sys.executable), (3, 11), yes=False)
    assert [Path(name).suffix for name in installed] == [".whl"]
    assert set(environment.read_stamp(venv)["locks"]) == {"base.txt", "run.txt", "test.txt"}


def test_the_link_wheel_declares_the_commands_and_its_hashes_are_right(tmp_path: Path) -> None:
    with zipfile.ZipFile(environment.write_link_wheel(tmp_path)) as wheel:
        texts = {name: wheel.read(name) for name in wheel.namelist()}
    by_suffix = {name.rpartition("/")[2]: text.decode() for name, text in texts.items()}
    assert by_suffix["lingma_gateway.pth"] == environment.link_line(str(ROOT))
    assert "lingma-gateway = desktop.__main__:main" in by_suffix["entry_points.txt"]
    told = by_suffix["METADATA"].splitlines()
    assert "Provides-Extra: auto-login" in told
    needed = [line for line in told if line.startswith("Requires-Dist: playwright")]
    assert needed
    assert all(line.endswith("; extra == 'auto-login'") for line in needed)
    web = [line for line in told if line.startswith("Requires-Dist: PySide6-WebEngine")]
    assert web == [
        "Requires-Dist: PySide6-WebEngine>=6.12; (python_version >= '3.12') and extra == 'browser'"
    ]
    for line in by_suffix["RECORD"].splitlines():
        name, digest, size = line.split(",")
        if digest:
            raw = base64.urlsafe_b64encode(hashlib.sha256(texts[name]).digest()).rstrip(b"=")
            assert (digest, size) == (f"sha256={raw.decode()}", str(len(texts[name])))


def test_a_folder_with_a_chinese_name_is_linked_in_ascii() -> None:
    line = environment.link_line("/home/用户/lingma")
    assert line.isascii()
    paths: list[str] = []
    exec(line.replace("import sys; sys.path", "paths"), {"paths": paths})  # noqa: S102 - ours
    assert paths == ["/home/用户/lingma"]


@pytest.mark.parametrize(
    ("said", "usable"),
    [
        ("pip 22.3 from x", True),
        ("pip 24.0 from x", True),
        ("pip 20.0.2 from x", False),
        ("", False),
    ],
)
def test_without_ensurepip_a_pip_that_takes_a_python_is_used(
    said: str, usable: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment, "answer", lambda _arguments: said)
    assert (environment.pip_that_takes_a_python([Path("python3")]) is not None) is usable


# --- the commands ---


@pytest.mark.parametrize(
    ("variables", "shown"),
    [({}, False), ({"DISPLAY": ":0"}, True), ({"WAYLAND_DISPLAY": "wayland-0"}, True)],
)
def test_a_display_is_seen(
    variables: dict[str, str], shown: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert command_line.has_display() is shown


class BecameError(Exception):
    """In place of becoming another program."""


@pytest.mark.parametrize(
    ("display", "lock", "command"), [(True, "run.txt", "desktop"), (False, "base.txt", "serve")]
)
def test_run_starts_the_app_or_the_same_gateway_headless(
    display: bool,
    lock: str,
    command: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    became: list[str] = []
    locks: list[str] = []

    def become(arguments: list[object]) -> None:
        became.extend(str(argument) for argument in arguments)
        raise BecameError

    def venv_for(name: str, _yes: bool) -> Path:
        locks.append(name)
        return Path("venv")

    monkeypatch.setattr(command_line, "has_display", lambda: display)
    monkeypatch.setattr(command_line, "ensure_system_libraries", lambda *_arguments: None)
    monkeypatch.setattr(command_line, "venv_for", venv_for)
    monkeypatch.setattr(command_line, "become", become)
    with pytest.raises(BecameError):
        command_line.main(["run", "--port", "0", "--yes"])
    assert locks == [lock]
    assert Path(became[0]).stem == "lingma-gateway"
    assert became[1:] == [command, "--demo-fallback", "--port", "0"]
    assert ("no display" in capsys.readouterr().out) is not display


def test_a_folder_that_cannot_be_written_is_said_in_a_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def set_up(yes: bool, rest: list[str]) -> int:
        raise OSError(errno.EROFS, "Read-only file system", "there/.venv/stamp")

    monkeypatch.setitem(command_line.COMMANDS, "check", set_up)
    assert command_line.main(["check"]) == 1
    assert capsys.readouterr().err == "dev.py: there/.venv/stamp: Read-only file system\n"


def test_an_unknown_argument_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert command_line.main(["setup", "--frobnicate"]) == 2
    assert "--frobnicate" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["setup", "check", "shots", "lock", "build"])
@pytest.mark.parametrize("word", ["--help", "-h"])
def test_a_command_asked_for_help_says_what_it_is_and_does_nothing(
    command: str, word: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def nothing(_yes: bool, _rest: list[str]) -> int:
        raise AssertionError("it was only asked for help")

    function = command_line.COMMANDS[command]
    nothing.__doc__ = function.__doc__
    monkeypatch.setitem(command_line.COMMANDS, command, nothing)
    with pytest.raises(SystemExit) as over:
        command_line.main([command, word])
    assert over.value.code == 0
    printed = " ".join(capsys.readouterr().out.split())
    assert f"dev.py {command}" in printed
    assert " ".join((function.__doc__ or "").split()) in printed


def test_no_folder_is_called_like_an_option(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command_line, "ensure_system_libraries", lambda *_arguments: None)
    monkeypatch.setattr(command_line, "venv_for", lambda *_arguments: Path("venv"))
    monkeypatch.setattr(command_line, "run_test_program", lambda *_arguments: 0)
    assert command_line.main(["shots", "--dark"]) == 2
    assert "shots DIR" in capsys.readouterr().err


REPORT = b"""<testsuites><testsuite tests="10" failures="2" errors="1" skipped="3"/></testsuites>"""


@pytest.mark.parametrize(
    ("report", "status", "counted"),
    [
        (REPORT, 1, (4, 3)),
        (b'<testsuites><testsuite tests="5"/></testsuites>', 0, (5, 0)),
        (b'<testsuites><testsuite tests="5"/></testsuites>', 1, (5, 1)),
        (b"", 3, (0, 1)),
        (b"<broken", 4, (0, 1)),
    ],
)
def test_results_are_counted_and_a_failed_run_never_counts_as_none(
    report: bytes, status: int, counted: tuple[int, int]
) -> None:
    assert suite.count(report, status) == counted


@pytest.mark.skipif(os.name == "nt", reason="the stand-ins are shell scripts")
def test_runs_side_by_side_are_counted_and_shown_in_order(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """The second run cannot end before the first has begun, nor the first before the second has."""
    meet = """for word; do case $word in --junitxml=*) report=${word#--junitxml=};; esac; done
    touch "$0.here"
    n=0; while ! ls OTHER.here >/dev/null 2>&1; do
      n=$((n+1)); [ $n -gt 500 ] && exit 3; sleep 0.02; done"""
    first, second = (tmp_path / name / "bin" / "python" for name in ("first", "second"))
    one = meet.replace("OTHER", str(second))
    executable(
        first, f'{one}\necho told at once; echo \'<testsuite tests="3" skipped="1"/>\' > "$report"'
    )
    two = meet.replace("OTHER", str(first))
    executable(
        second,
        f'{two}\necho told later; echo \'<testsuite tests="4" failures="1"/>\' > "$report"; exit 1',
    )
    runs = [
        suite.Run("all of it", first.parent.parent),
        suite.Run("some of it", second.parent.parent, ["tests/unit"]),
    ]
    assert suite.run_all(runs) == (5, 1)
    shown = capfd.readouterr().out.splitlines()
    assert shown == [
        "-- test: all of it",
        "told at once",
        "-- test: some of it",
        "told later",
    ]


@pytest.mark.parametrize("argument", ["--help", "frobnicate"])
def test_the_script_itself_answers(argument: str) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "dev.py"), argument],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == (0 if argument == "--help" else 2)
    for command in ("setup", "run", "test", "check", "bench", "shots", "lock"):
        assert command in done.stdout + done.stderr


def test_every_lock_has_its_options() -> None:
    from devtools.locks import LOCK_OPTIONS

    assert set(LOCK_OPTIONS) == {*LOCKS, *BUILD_LOCKS}
