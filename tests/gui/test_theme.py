"""Contrast of every pair of text and surface; the theme follows what it is told."""

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QComboBox
from pytestqt.qtbot import QtBot

from desktop.theme import DARK, LIGHT, Theme, Tokens
from desktop.tray_icon import COLOURS, DEMO_COLOUR

TEXT_CONTRAST = 4.5
GRAPHIC_CONTRAST = 3.0


def luminance(name: str) -> float:
    def linear(value: float) -> float:
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

    colour = QColor(name)
    return (
        0.2126 * linear(colour.redF())
        + 0.7152 * linear(colour.greenF())
        + 0.0722 * linear(colour.blueF())
    )


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
def test_text_can_be_read_on_every_surface_it_is_used_on(tokens: Tokens) -> None:
    surfaces = (
        tokens.window,
        tokens.sidebar,
        tokens.surface,
        tokens.sunken,
        tokens.hover,
        tokens.accent_soft,
    )
    pairs = [(text, on) for text in (tokens.text, tokens.text_soft) for on in surfaces]
    for tone in ("ok", "info", "warn", "error", "demo"):
        colour, soft = getattr(tokens, tone), getattr(tokens, f"{tone}_soft")
        pairs += [(colour, tokens.surface), (colour, soft), (tokens.text, soft)]
    pairs += [(tokens.on_accent, tokens.accent), (tokens.on_accent, tokens.accent_hover)]
    weak = [(a, b, round(contrast(a, b), 2)) for a, b in pairs if contrast(a, b) < TEXT_CONTRAST]
    assert weak == []


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
def test_focus_and_borders_of_fields_can_be_seen(tokens: Tokens) -> None:
    for colour in (tokens.accent, tokens.border_strong):
        for surface in (tokens.surface, tokens.window, tokens.sunken):
            assert contrast(colour, surface) >= GRAPHIC_CONTRAST, (colour, surface)


@pytest.mark.parametrize("colour", [*COLOURS.values(), DEMO_COLOUR])
def test_tray_colours_can_be_seen_on_black_and_on_white(colour: str) -> None:
    assert min(contrast(colour, "#ffffff"), contrast(colour, "#000000")) >= GRAPHIC_CONTRAST


def test_the_theme_is_what_was_asked_for(theme: Theme, qapp: QApplication) -> None:
    theme.apply("dark")
    assert theme.tokens is DARK
    assert DARK.surface in qapp.styleSheet()
    theme.apply("light")
    assert theme.tokens is LIGHT
    assert "$" not in qapp.styleSheet()


@pytest.mark.qt_log_ignore("plugin does not support")  # what the offscreen screen says of a popup
def test_a_list_to_choose_from_opens_whole(qtbot: QtBot, theme: Theme) -> None:
    """Qt's other form of it cut the last choice in half and wanted to be scrolled."""
    theme.apply("light")
    combo = QComboBox()
    qtbot.addWidget(combo)
    combo.addItems(["Any", "Running", "Succeeded", "Failed", "Client left"])
    combo.setMinimumSize(50, 20)  # else its layout asks the platform for another
    with qtbot.waitExposed(combo):
        combo.show()
    combo.showPopup()
    view = combo.view()
    last = view.visualRect(combo.model().index(combo.count() - 1, 0))
    assert last.bottom() < view.viewport().height()
    combo.hidePopup()
