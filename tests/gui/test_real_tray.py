"""A real tray on a virtual display: the icon is there, the mouse toggles the endpoint by its menu.

Xvfb, openbox and tint2 (an XEmbed host), driven by xdotool. The display is our own, on a number
that Xvfb itself finds free.
"""

import contextlib
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtGui import QImage

from desktop.tray_icon import COLOURS, DEMO_COLOUR
from desktop.tray_state import TrayState
from gateway_engine.public import DEMO_NOTICE
from tests.gui.desktop_process import running, until

PROGRAMS = ("Xvfb", "openbox", "tint2", "xdotool", "import")
SCREEN = (1280, 800)
PANEL_PX = 40
TITLE = "^Demo answers – Lingma Gateway$"
TINT2_CONFIG = f"""
panel_items = S
panel_size = 100% {PANEL_PX}
panel_position = bottom center horizontal
panel_layer = top
systray_padding = 4 4 4
systray_icon_size = 24
"""

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or any(shutil.which(name) is None for name in PROGRAMS),
    reason="needs Linux with " + ", ".join(PROGRAMS),
)


# Where an entry's middle is, as a share of the menu's height (tests.shots: tray-menu-*.png).
TOGGLE, QUIT = 0.242, 0.942


class Display:
    """A screen with a tray."""

    def __init__(self, name: str, folder: Path) -> None:
        self.env = {
            "DISPLAY": name,
            "QT_QPA_PLATFORM": "xcb",
            "DBUS_SESSION_BUS_ADDRESS": "disabled:",
        }
        self._folder = folder

    def xdotool(self, *arguments: str) -> None:
        subprocess.run(["xdotool", *arguments], check=True, timeout=20, env=os.environ | self.env)

    def click(self, x: int, y: int, button: int = 1) -> None:
        # A hand arrives before it presses; Qt's menus want to see both.
        self.xdotool("mousemove", str(x - 1), str(y), "mousemove", str(x), str(y))
        self.xdotool("sleep", "0.3", "click", str(button))

    def picture(self) -> QImage:
        file = self._folder / "screen.png"
        subprocess.run(
            ["import", "-window", "root", str(file)],
            check=True,
            timeout=20,
            env=os.environ | self.env,
        )
        image = QImage(str(file))
        assert not image.isNull()
        return image.convertToFormat(QImage.Format.Format_RGB32)

    def still_picture(self) -> QImage:
        """The screen once nothing moves on it."""
        last: list[QImage] = [self.picture()]

        def stands_still() -> bool:
            last.append(self.picture())
            return last[-1] == last[-2]

        until(stands_still, what="a screen on which nothing moves")
        return last[-1]

    def changed_since(self, before: QImage) -> tuple[int, int, int, int]:
        """The rectangle above the panel in which a menu has appeared and stands still."""
        last: list[tuple[int, int, int, int]] = []

        def stands_still() -> bool:
            last.append(_difference(before, self.picture()))
            return len(last) > 1 and last[-1] == last[-2] and last[-1][3] - last[-1][1] > 100

        until(stands_still, what="the tray's menu")
        return last[-1]

    def find(self, colour: str, *, panel_only: bool = True) -> tuple[int, int] | None:
        """The middle of the pixels of `colour` in the panel."""
        image = self.picture()
        first = image.height() - PANEL_PX if panel_only else 0
        wanted = int(colour.removeprefix("#"), 16)
        found = [
            (x, y)
            for y in range(first, image.height())
            for x in range(image.width())
            if image.pixel(x, y) & 0xFFFFFF == wanted
        ]
        if len(found) < 8:
            return None
        return (
            sum(x for x, _y in found) // len(found),
            sum(y for _x, y in found) // len(found),
        )


def _difference(one: QImage, other: QImage) -> tuple[int, int, int, int]:
    width, height = one.width(), one.height() - PANEL_PX
    bottom = height - 1
    while bottom > 0 and _row(one, bottom) == _row(other, bottom):
        bottom -= 1
    # A menu stands just above the panel and is in one piece; window managers draw elsewhere too.
    top = bottom
    while top > 0 and _row(one, top - 1) != _row(other, top - 1):
        top -= 1
    rows = range(top, bottom + 1)
    columns = [x for y in rows[::4] for x in range(width) if one.pixel(x, y) != other.pixel(x, y)]
    return (min(columns, default=0), top, max(columns, default=0), bottom)


def _row(image: QImage, y: int) -> bytes:
    return cast(memoryview, image.constScanLine(y)).tobytes()


@pytest.fixture
def display(tmp_path: Path) -> Iterator[Display]:
    """A screen with a window manager and a tray."""
    with screen(tmp_path, has_tray=True) as display:
        yield display


@pytest.fixture
def display_without_tray(tmp_path: Path) -> Iterator[Display]:
    """A screen with a window manager alone."""
    with screen(tmp_path, has_tray=False) as display:
        yield display


@contextlib.contextmanager
def screen(tmp_path: Path, *, has_tray: bool) -> Iterator[Display]:
    config = tmp_path / "tint2rc"
    config.write_text(TINT2_CONFIG, encoding="ascii")
    with contextlib.ExitStack() as stack:
        read, write = os.pipe()
        server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{SCREEN[0]}x{SCREEN[1]}x24"],
            pass_fds=[write],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        stack.callback(end, server)
        os.close(write)
        with os.fdopen(read) as told:
            name = f":{told.readline().strip()}"
        # Without a bus: libdbus would start one that nobody ends.
        no_bus = {"DBUS_SESSION_BUS_ADDRESS": "disabled:"}
        environ = {**os.environ, **no_bus, "DISPLAY": name, "HOME": str(tmp_path)}
        commands = [["openbox"], ["tint2", "-c", str(config)]]
        for command in commands if has_tray else commands[:1]:
            program = subprocess.Popen(
                command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            stack.callback(end, program)
        yield Display(name, tmp_path)


def end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(10)


def test_the_endpoint_is_toggled_by_mouse_and_the_icon_tells(
    display: Display, tmp_path: Path
) -> None:
    arguments = ("desktop", "--minimized", "--upstream", "demo")
    with running(tmp_path / "home", *arguments, env=display.env) as desktop:
        desktop.wait_ready()
        until(lambda: display.find(DEMO_COLOUR) is not None, what="the flask in the tray")
        icon = display.find(DEMO_COLOUR)
        assert icon is not None

        def choose(entry: float) -> None:
            before = display.still_picture()
            display.click(*icon, button=3)
            left, top, right, bottom = display.changed_since(before)
            display.click((left + right) // 2, top + round((bottom - top) * entry))

        choose(TOGGLE)
        until(lambda: not desktop.url(), what="the endpoint closed")
        stopped = COLOURS[TrayState.STOPPED]
        until(lambda: display.find(stopped) is not None, what="the ring in the tray")
        choose(TOGGLE)
        until(desktop.is_ready, what="the endpoint open again")
        until(lambda: display.find(DEMO_COLOUR) is not None, what="the flask again")

        display.click(*icon)
        until(lambda: window_is_open(display), what="the window")
        choose(QUIT)
        assert desktop.process.wait(15) == 0
        assert desktop.text() == f"lingma-gateway: {DEMO_NOTICE}\n"


def window_is_open(display: Display) -> bool:
    result = subprocess.run(
        ["xdotool", "search", "--onlyvisible", "--name", TITLE],
        capture_output=True,
        timeout=20,
        env=os.environ | display.env,
        check=False,
    )
    return bool(result.stdout.strip())


def close_window(display: Display) -> None:
    """As a user does, through the window manager, which may miss a key while it is busy."""
    display.xdotool("search", "--onlyvisible", "--name", TITLE, "windowactivate", "--sync")
    display.xdotool("key", "--clearmodifiers", "alt+F4")
    closed = threading.Event()
    for _ in range(20):
        if not window_is_open(display):
            return
        closed.wait(0.5)
    display.xdotool("key", "--clearmodifiers", "alt+F4")


def test_closing_the_window_keeps_the_tray_and_a_second_launch_opens_it(
    display: Display, tmp_path: Path
) -> None:
    arguments = ("desktop", "--upstream", "demo")
    with running(tmp_path / "home", *arguments, env=display.env) as desktop:
        desktop.wait_ready()
        until(lambda: display.find(DEMO_COLOUR) is not None, what="the flask in the tray")
        until(lambda: window_is_open(display), what="the window")
        close_window(display)
        until(lambda: not window_is_open(display), what="the window closed")
        assert desktop.is_ready()
        with running(tmp_path / "home", *arguments, env=display.env) as second:
            assert second.process.wait(15) == 0
        until(lambda: window_is_open(display), what="the window again")
        desktop.process.terminate()
        assert desktop.process.wait(15) == 0
        assert desktop.text() == f"lingma-gateway: {DEMO_NOTICE}\n"


def test_without_a_tray_the_window_stays_and_closing_it_ends_all(
    display_without_tray: Display, tmp_path: Path
) -> None:
    display = display_without_tray
    arguments = ("desktop", "--minimized", "--upstream", "demo")
    with running(tmp_path / "home", *arguments, env=display.env) as desktop:
        desktop.wait_ready()
        with running(tmp_path / "home", *arguments, env=display.env) as second:
            assert second.process.wait(15) == 0
        until(lambda: window_is_open(display), what="the window")
        family = desktop.family()
        close_window(display)
        assert desktop.process.wait(15) == 0
        assert desktop.text() == f"lingma-gateway: {DEMO_NOTICE}\n"
        assert [member for member in family if member.is_running()] == []
