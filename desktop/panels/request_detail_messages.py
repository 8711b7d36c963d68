"""The messages of a conversation as rows: a sign, who speaks, how it begins. Words are made when a
row is seen: an agent's conversation has thousands of messages.
"""

from collections.abc import Mapping
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetrics

from desktop import detail_wording as wording
from desktop.theme import Tokens
from gateway_engine.public import ConversationView, Mark, ShownMessage, parts_of, text_of

PREVIEW_CHARS: Final = 90
SIGNS: Final = {Mark.SAME: "=", Mark.NEW: "+", Mark.CHANGED: "~", Mark.GONE: "−"}
SETTINGS_ROW: Final = 0
"""The first row: what was asked beside the messages."""
ROOM_PX: Final = 28
Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole


class MessageRows(QAbstractTableModel):
    """The settings of the request, then its messages."""

    def __init__(self, tokens: Tokens) -> None:
        super().__init__()
        self._view: ConversationView | None = None
        self._colours = {
            Mark.NEW: (QBrush(QColor(tokens.ok_soft)), QBrush(QColor(tokens.ok))),
            Mark.CHANGED: (QBrush(QColor(tokens.warn_soft)), QBrush(QColor(tokens.warn))),
            Mark.GONE: (QBrush(QColor(tokens.error_soft)), QBrush(QColor(tokens.error))),
        }
        self._soft = QBrush(QColor(tokens.text_soft))

    def show_view(self, view: ConversationView | None) -> None:
        """Show this conversation, or nothing."""
        self.beginResetModel()
        self._view = view
        self.endResetModel()

    def names_width(self, metrics: QFontMetrics) -> int:
        """How wide the first column must be."""
        view = self._view
        if view is None or not view.messages:
            return ROOM_PX
        roles = {wording.role(str(shown.message.get("role", ""))) for shown in view.messages}
        longest = max(metrics.horizontalAdvance(role) for role in roles)
        return longest + metrics.horizontalAdvance(f"= {len(view.messages)} ") + ROOM_PX

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        if parent.isValid() or self._view is None:
            return 0
        return len(self._view.messages) + 1

    def columnCount(self, _parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 2

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        view = self._view
        if view is None or not index.isValid():
            return None
        if index.row() == SETTINGS_ROW:
            return self._of_settings(view, index.column(), role)
        shown = view.messages[index.row() - 1]
        match role:
            case Role.DisplayRole:
                return self._name(shown) if index.column() == 0 else self._preview(view, shown)
            case Role.ToolTipRole:
                return self._mark(view, shown)
            case Role.AccessibleTextRole:
                words = [self._mark(view, shown), self._name(shown), self._preview(view, shown)]
                return ": ".join(word for word in words if word)
            case Role.ForegroundRole if shown.reused:
                return self._soft
            case Role.ForegroundRole if index.column() == 0 and shown.mark in self._colours:
                return self._colours[shown.mark][1]
            case Role.BackgroundRole if shown.mark in self._colours:
                return self._colours[shown.mark][0]
        return None

    def _of_settings(self, view: ConversationView, column: int, role: int) -> Any:
        if role not in (Role.DisplayRole, Role.AccessibleTextRole):
            return None
        if column == 0 and role == Role.DisplayRole:
            return "⚙"
        tools = view.settings.get("tools")
        count = len(tools) if isinstance(tools, list) else 0
        model = view.settings.get("model", "")
        return self.tr("Model {model}, tools: {n}").format(model=model, n=count)

    def _name(self, shown: ShownMessage) -> str:
        number = "" if shown.number is None else f"{shown.number} "
        return f"{SIGNS[shown.mark]} {number}{wording.role(str(shown.message.get('role', '')))}"

    def _mark(self, view: ConversationView, shown: ShownMessage) -> str:
        match shown.mark:
            case Mark.NEW:
                return self.tr("New in this turn")
            case Mark.CHANGED:
                return self.tr("Changed since the turn before")
            case Mark.GONE:
                return self.tr("Stood in the turn before, gone now")
            case Mark.SAME if shown.reused:
                return self.tr("The same beginning as in the turn before")
            case Mark.SAME:
                return self.tr("As in the turn before") if view.has_previous else ""

    def _preview(self, view: ConversationView, shown: ShownMessage) -> str:
        """How it begins, and what it calls beside any words; reasoning where there are none."""
        said = ""
        parts = list(parts_of(shown.message))
        for part in sorted(parts, key=lambda part: "reasoning" in part):
            if "call" in part or not said:
                said = f"{said}  {_beginning(view, part)}".strip()
            if len(said) > PREVIEW_CHARS:
                break
        return said


def _beginning(view: ConversationView, part: Mapping[str, Any]) -> str:
    if "call" in part:
        text = f"→ {part.get('tool', '')} {str(part.get('arguments', ''))[:PREVIEW_CHARS]}"
    elif "result_of" in part:
        call = view.calls.get(str(part["result_of"]))
        tool = call.tool if call is not None else ""
        text = f"← {tool} {text_of(part)[:PREVIEW_CHARS]}"
    else:
        text = text_of(part).lstrip()[:PREVIEW_CHARS]
    return " ".join(text.split())
