"""The console command without a window: which command goes where, and clear refusals."""

import subprocess
import sys
from pathlib import Path

import pytest

from desktop.__main__ import DESKTOP_OPTIONS, has_display
from desktop.options import DesktopOptions, parse_options

HEADLESS_ENV = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent"}


def test_options_of_the_desktop() -> None:
    assert parse_options([]) == DesktopOptions()
    given = ["--minimized", "--upstream", "demo", "--demo-fallback", "--config", "c.toml"]
    assert parse_options(given) == DesktopOptions(
        minimized=True, upstream="demo", demo_fallback=True, config_file=Path("c.toml")
    )


def test_every_option_may_stand_without_the_word_desktop() -> None:
    values = {"--upstream": ["demo"], "--config": ["x"]}
    for option in DESKTOP_OPTIONS:
        assert parse_options([option, *values.get(option, [])]) != DesktopOptions()


def test_a_wrong_option_is_exit_2(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        parse_options(["--nonsense"])
    assert caught.value.code == 2
    told = capsys.readouterr().err
    assert "--nonsense" in told
    assert told.count("\n") == 1


@pytest.mark.parametrize(
    ("environ", "platform", "expected"),
    [
        ({}, "linux", False),
        ({"DISPLAY": ":0"}, "linux", True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", True),
        ({"QT_QPA_PLATFORM": "offscreen"}, "linux", True),
        ({"DISPLAY": ""}, "linux", False),
        ({}, "win32", True),
        ({}, "darwin", True),
    ],
)
def test_where_a_window_can_be_shown(
    environ: dict[str, str], platform: str, expected: bool
) -> None:
    assert has_display(environ, platform) is expected


@pytest.mark.skipif(sys.platform != "linux", reason="only Unix desktops may have no display")
def test_no_display_is_one_line_and_exit_2() -> None:
    result = subprocess.run(
        [sys.executable, "-m", "desktop"],
        capture_output=True,
        text=True,
        timeout=30,
        env=HEADLESS_ENV,
        check=False,
    )
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.count("\n") == 1
    assert "no display" in result.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="only Unix desktops may have no display")
def test_quitting_needs_no_display(tmp_path: Path) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "desktop", "--quit"],
        capture_output=True,
        text=True,
        timeout=30,
        env={**HEADLESS_ENV, "LINGMA_GATEWAY_HOME": str(tmp_path)},
        check=False,
    )
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_a_library_that_the_system_lacks_is_one_line_and_exit_2(tmp_path: Path) -> None:
    why = "libEGL.so.1: cannot open shared object file: No such file or directory"
    (tmp_path / "PySide6").mkdir()
    (tmp_path / "PySide6/__init__.py").touch()
    (tmp_path / "PySide6/QtWidgets.py").write_text(f"raise ImportError({why!r})\n", "utf-8")
    result = subprocess.run(
        [sys.executable, "-m", "desktop"],
        capture_output=True,
        text=True,
        timeout=30,
        env=HEADLESS_ENV | {"PYTHONPATH": str(tmp_path), "DISPLAY": ":0"},
        check=False,
    )
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.count("\n") == 1
    assert why in result.stderr


def test_ctrl_c_while_it_loads_ends_it_without_a_word(tmp_path: Path) -> None:
    """A module of ours is interrupted as it is imported, as by a person who thinks better of it."""
    (tmp_path / "sitecustomize.py").write_text(
        "import sys\n"
        "class Interrupted:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'gateway_engine.cli.serve':\n"
        "            raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Interrupted())\n"
    )
    result = subprocess.run(
        [sys.executable, "-m", "desktop", "serve", "--port", "0"],
        capture_output=True,
        text=True,
        env={**HEADLESS_ENV, "PYTHONPATH": str(tmp_path)},
        cwd=Path(__file__).parents[3],
        timeout=60,
        check=False,
    )
    assert (result.returncode, result.stdout, result.stderr) == (130, "", "")


def test_other_commands_never_load_qt() -> None:
    code = (
        "import sys; from desktop.__main__ import main\n"
        "try: main(['--version'])\nexcept SystemExit: pass\n"
        "sys.exit(any(name.startswith(('PySide6', 'qasync')) for name in sys.modules))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=30,
        env=HEADLESS_ENV,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout.strip()
