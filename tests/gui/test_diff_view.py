"""The view of what differs: signs, numbers, keys, and what it says when nothing does."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop.i18n import Language
from desktop.panels.diff import diff_view
from desktop.theme import Theme
from desktop.widgets.diff_view import DiffView

OLD = "".join(f"line {n}\n" for n in range(1, 60))
NEW = OLD.replace("line 7\n", "line seven\n").replace("line 40\n", "")


@pytest.fixture
def view(qtbot: QtBot, theme: Theme, language: Language) -> DiffView:
    language.install("en")
    theme.apply("light")
    view = diff_view(theme.tokens, "Changes")
    qtbot.addWidget(view)
    view.resize(500, 300)
    with qtbot.waitExposed(view):
        view.show()
    return view


def test_each_changed_line_has_its_sign_and_a_surface(view: DiffView) -> None:
    view.show_texts(OLD, NEW)
    document = view.document()
    blocks = [document.findBlockByNumber(n) for n in range(document.blockCount())]
    painted = [b.text() for b in blocks if b.blockFormat().background() != Qt.BrushStyle.NoBrush]
    assert painted == ["- line 7", "+ line seven", "- line 40"]
    assert view.toPlainText().startswith("@@ -4,7 +4,7 @@\n  line 4\n")
    assert view.isReadOnly()
    assert view.accessibleName() == "Changes"
    assert view.gutter_width() > 0
    view.grab()


def test_keys_go_from_change_to_change_and_type_nothing(view: DiffView) -> None:
    view.show_texts(OLD, NEW)
    before = view.toPlainText()
    seen = []
    for modifier in (Qt.KeyboardModifier.NoModifier,) * 3 + (Qt.KeyboardModifier.ShiftModifier,):
        QTest.keyClick(view, Qt.Key.Key_F7, modifier)
        seen.append(view.textCursor().block().text())
    assert seen == ["- line 7", "- line 40", "- line 40", "- line 7"]
    QTest.keyClicks(view, "x")
    assert view.toPlainText() == before


def test_no_difference_is_said(view: DiffView, language: Language) -> None:
    view.show_texts(OLD, OLD)
    assert (view.toPlainText(), view.placeholderText()) == ("", "No difference")
    view.grab()
    view.show_unified("--- a\n+++ b\n@@ -1 +1 @@\n-old\n+new\n")
    assert view.toPlainText() == "@@ -1 +1 @@\n- old\n+ new"
    assert view.placeholderText() == ""


def test_what_is_too_long_is_counted(view: DiffView) -> None:
    view.show_texts("", "".join(f"{n}\n" for n in range(5000)))
    assert view.toPlainText().endswith("… more lines: 3,001")
