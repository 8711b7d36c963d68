"""How the desktop starts and what closing its window means."""

from collections.abc import Callable

from desktop.panels.panel import PanelContext
from desktop.state import AppState
from desktop.widgets.card import Card
from desktop.widgets.styling import label
from desktop.widgets.switch_row import SwitchRow


class DesktopCard(Card):
    """A few choices that hold at once."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        self.setAccessibleName(self.tr("This desktop"))
        self.body.addWidget(label(self.tr("This desktop"), "heading"))
        self._tokens = context.tokens
        desktop = context.actions.desktop
        self._starts = self._add(
            self.tr("Start when I log in"),
            self.tr("In the tray, without the window."),
            desktop.start_with_system,
        )
        self._minimized = self._add(
            self.tr("Always start in the tray"),
            self.tr("The window opens from the tray's icon."),
            desktop.start_minimized,
        )
        self._frees = self._add(
            self.tr("Free memory when the window is closed"),
            self.tr(
                "The gateway goes on in the tray and takes a third less once nothing was asked "
                "for a minute (on Linux 175 MB instead of 255 MB). The window opens a moment later."
            ),
            desktop.free_memory,
        )
        self.body.addStretch(1)

    def _add(self, title: str, text: str, wish: Callable[[bool], None]) -> SwitchRow:
        row = SwitchRow(title, text)
        tokens = self._tokens
        row.switch.set_colours(
            on=tokens.ok, off=tokens.border_strong, knob=tokens.surface, focus=tokens.accent
        )
        row.wanted.connect(wish)
        self.body.addWidget(row)
        return row

    def render_state(self, state: AppState) -> None:
        """Show what holds now."""
        choices = state.choices
        starts = choices.starts_with_system
        self._starts.show_on(bool(starts), enabled=starts is not None)
        self._minimized.show_on(choices.start_minimized)
        self._frees.show_on(choices.frees_memory)
