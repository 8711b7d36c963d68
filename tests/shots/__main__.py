"""Take all pictures. Exits 1 when Qt warned about anything meanwhile."""

import os
import sys
from dataclasses import replace
from itertools import product
from pathlib import Path
from unittest.mock import patch

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEvent, QMessageLogContext, QRect, QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QColor, QFont, QPainter, QPixmap

from desktop.actions import Actions
from desktop.application import GatewayApplication
from desktop.i18n import Language
from desktop.main_window import MainWindow
from desktop.panels.requests_table import RequestTable
from desktop.store import StateStore
from desktop.theme import Theme
from desktop.tray import Tray
from desktop.tray_icon import tray_pixmap
from desktop.tray_state import TrayState
from desktop.try_it import TryItSession
from gateway_engine.public import TaskOwner
from tests.shots.scenes import Scene, scenes

THEMES = ("light", "dark")
LANGUAGES = (("en", "en"), ("zh_CN", "zh"))
ROUNDS_TO_SETTLE = 20
TRAY_SIZES_PX = (16, 22, 32, 48)


def main(arguments: list[str]) -> int:
    """Write every picture to the folder named by the one argument."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m tests.shots DIR\n")
        return 2
    folder = Path(arguments[0])
    folder.mkdir(parents=True, exist_ok=True)
    warnings: list[str] = []

    def collect(kind: QtMsgType, _context: QMessageLogContext, message: str) -> None:
        if kind is not QtMsgType.QtDebugMsg:
            warnings.append(message)

    qInstallMessageHandler(collect)
    application = GatewayApplication(["shots"])
    language, theme = Language(application), Theme(application)
    font = application.font()
    for (code, short), look in product(LANGUAGES, THEMES):
        language.install(code)
        for scene in scenes(code):
            scaled = QFont(font)
            scaled.setPointSizeF(font.pointSizeF() * scene.type_scale)
            application.setFont(scaled)
            theme.apply(look)
            picture = shoot(scene, theme, look, code)
            picture.save(str(folder / f"{scene.panel}-{scene.name}-{look}-{short}.png"))
        application.setFont(font)
        theme.apply(look)
        shoot_menu().save(str(folder / f"tray-menu-{look}-{short}.png"))
    tray_sheet().save(str(folder / "tray-icons.png"))
    qInstallMessageHandler(None)
    for warning in warnings:
        sys.stderr.write(f"Qt: {warning}\n")
    sys.stdout.write(f"{len(list(folder.glob('*.png')))} pictures in {folder}\n")
    return 1 if warnings else 0


def shoot(scene: Scene, theme: Theme, look: str, language: str) -> QPixmap:
    """The whole window in one scene, at the time when that was made."""
    defaults = RequestTable.__init__.__kwdefaults__  # its clock was chosen when it was defined
    with (
        patch("time.time", return_value=scene.made_at),
        patch.dict(defaults, clock=lambda: scene.made_at),
    ):
        return _shoot(scene, theme, look, language)


def _shoot(scene: Scene, theme: Theme, look: str, language: str) -> QPixmap:
    choices = replace(scene.state.choices, theme=look, language=language)
    store = StateStore(replace(scene.state, choices=choices))
    session = TryItSession()
    session.view, session.prompt = scene.try_it, scene.prompt
    actions = Actions(store, TaskOwner("shots"), session)
    window = MainWindow(store, actions, theme, panel=scene.panel)
    window.resize(*scene.size)
    window.show()
    GatewayApplication.processEvents()  # the window is built anew for the preferences
    scene.prepare(window)
    for _round in range(ROUNDS_TO_SETTLE):
        GatewayApplication.processEvents()
    picture = window.grab()
    window.close_for_good()
    window.deleteLater()
    # Without a running loop nothing is deleted later: the window must not follow the next theme.
    GatewayApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    return picture


def shoot_menu() -> QPixmap:
    """The tray's menu while the demo answers."""
    demo = next(scene for scene in scenes() if scene.name == "demo")
    store = StateStore(demo.state)
    actions = Actions(store, TaskOwner("shots"), TryItSession())
    tray = Tray(actions)
    tray.render_state(store.state)
    tray.menu.resize(tray.menu.sizeHint())
    picture = tray.menu.grab()
    tray.close()
    return picture


def tray_sheet() -> QPixmap:
    """Every tray icon, small to large, on a light and a dark panel; below, 16 px enlarged."""
    cell, row = 150, 120
    sheet = QPixmap(cell * len(TrayState), row * 4)
    sheet.fill(QColor("#f4f4f4"))
    painter = QPainter(sheet)
    painter.fillRect(QRect(0, row * 2, sheet.width(), row * 2), QColor("#20232a"))
    for panel, demo in product(range(2), (False, True)):
        for place, state in enumerate(TrayState):
            x, y = place * cell + 12, (panel * 2 + int(demo)) * row + 10
            for size in TRAY_SIZES_PX:
                painter.drawPixmap(x, y, tray_pixmap(state, size, demo=demo))
                x += size + 6
            large = tray_pixmap(state, 16, demo=demo).scaled(48, 48)
            painter.drawPixmap(place * cell + 12, y + 56, large)
    painter.end()
    return sheet


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
