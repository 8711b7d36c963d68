"""What holds for GUI tests: Qt is warm before one is watched; coroutines run on Qt's loop.

An `async def` test would run on a plain asyncio loop, where Qt stands still. A GUI test that awaits
is a plain function that calls `run_on_qt(coroutine)`; inside, await a future on a signal and never
use `qtbot.wait…`, which nests a loop and freezes every other task.
"""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest
import qasync
from PySide6.QtCore import QEvent, QMimeDatabase, QThread
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QLabel

from desktop.application import GatewayApplication
from desktop.i18n import Language
from desktop.theme import Theme
from tests.gui import first_steps

T = TypeVar("T")
RunOnQt = Callable[[Coroutine[Any, Any, T]], T]
DEADLINE_S = 30.0
TASKS = Path("/proc/self/task")
open_steps = first_steps.open_steps


@pytest.fixture(scope="session")
def qapp_cls() -> type[QApplication]:
    """The application class that pytest-qt makes."""
    return GatewayApplication


def start_painting_threads() -> None:
    """Make Qt start all threads it converts large pictures with.

    They end after 30 s without work and each holds a file descriptor: a test must end with as many
    as it began. On a busy machine the first may have done the work before a second one is started.
    """
    for _try in range(20):
        QImage(1500, 1500, QImage.Format.Format_RGB32).convertToFormat(
            QImage.Format.Format_RGBA8888
        )
        if painting_threads() >= min(QThread.idealThreadCount(), 8) or not TASKS.is_dir():
            return


def painting_threads() -> int:
    """How many of them there are, where the system tells."""
    count = 0
    for task in TASKS.glob("*/comm"):
        with contextlib.suppress(OSError):  # it has just ended
            count += task.read_text().startswith("Thread (pooled")
    return count


@pytest.fixture(scope="session", autouse=True)
def warm_qt(qapp: QApplication) -> Iterator[None]:
    """Make Qt open now what it keeps for good (fonts, its event dispatcher), not in a test."""
    label = QLabel("Aa 文")
    label.show()
    label.grab()
    qapp.processEvents()
    label.close()
    label.deleteLater()
    start_painting_threads()
    QMimeDatabase().mimeTypeForFile("warm.html")  # file dialogs ask it; it keeps its cache open
    qapp.processEvents()
    yield
    # The clipboard without a screen outlives Python, and with it what Python has put there.
    QApplication.clipboard().clear()


@pytest.fixture(scope="session")
def theme(qapp: QApplication) -> Theme:
    """The application's theme; a test applies the one it needs."""
    return Theme(qapp)


@pytest.fixture
def language(qapp: QApplication) -> Iterator[Language]:
    """The application's language: English, and English again after the test."""
    language = Language(qapp)
    language.install("en")
    yield language
    language.install("en")


@pytest.fixture(autouse=True)
def delete_later(qapp: QApplication) -> Iterator[None]:
    """Windows of one test do not follow the theme of the next; Qt's painting threads stay."""
    yield
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    start_painting_threads()


@pytest.fixture
def run_on_qt(qapp: QApplication) -> Iterator[RunOnQt[Any]]:
    """Run a coroutine on a qasync loop, with a deadline; no task may be left when the test ends."""
    loop = qasync.QEventLoop(qapp, already_running=False)

    def run(coroutine: Coroutine[Any, Any, T]) -> T:
        async def within_deadline() -> T:
            async with asyncio.timeout(DEADLINE_S):
                return await coroutine

        result: T = loop.run_until_complete(within_deadline())
        return result

    async def end_what_is_left() -> list[str]:
        for _ in range(5):
            await asyncio.sleep(0)
        left = asyncio.all_tasks() - {asyncio.current_task()}
        names = [repr(task) for task in left]
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        return names

    with loop:
        yield run
        leftovers = loop.run_until_complete(end_what_is_left())
    if leftovers:
        pytest.fail("left-over tasks:\n  " + "\n  ".join(leftovers), pytrace=False)
