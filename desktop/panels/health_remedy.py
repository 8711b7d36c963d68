"""What is wrong with an instance, and the buttons that mend it."""

from collections.abc import Callable

from PySide6.QtWidgets import QPushButton

from desktop.panels.marks import Mark, tone_colour, tone_surface
from desktop.panels.panel import PanelContext
from desktop.remedies import Cure, Kind, Remedy, cure_text
from desktop.widgets.banner import Banner
from desktop.widgets.status_shapes import Shape
from desktop.widgets.styling import set_property
from gateway_engine.public import InstanceName

MARKS: dict[Kind, Mark] = {
    Kind.ERROR: (Shape.TRIANGLE, "error"),
    Kind.WARNING: (Shape.TRIANGLE, "warn"),
    Kind.LOGIN: (Shape.PADLOCK, "warn"),
    Kind.REST: (Shape.RING, "quiet"),
}

FOLD_BELOW_EM = 34
"""For two buttons beside a few sentences."""


class RemedyBanner(Banner):
    """Shows a remedy with up to two buttons."""

    def __init__(self, context: PanelContext, run: Callable[[Cure], None]) -> None:
        super().__init__("error", Shape.TRIANGLE, fold_below_em=FOLD_BELOW_EM)
        self._tokens = context.tokens
        self._run = run
        self._cures = [Cure.NONE, Cure.NONE]
        self._made = [
            self.add_button("", lambda: self._run(self._cures[0])),
            self.add_button("", lambda: self._run(self._cures[1])),
        ]
        self.hide()

    def show_remedy(self, remedy: Remedy | None) -> None:
        """Show it, or nothing."""
        self.setVisible(remedy is not None)
        if remedy is None:
            return
        shape, tone = MARKS[remedy.kind]
        self.set_tone(tone, shape)
        self.set_colours(tone_colour(self._tokens, tone), tone_surface(self._tokens, tone))
        self.say(remedy.words.title, remedy.words.text)
        self._cures = [remedy.cure, remedy.second]
        for button, cure in zip(self._made, self._cures, strict=True):
            _label_button(button, cure)
        set_property(self._made[0], "kind", "primary")

    def take_focus(self, cure: Cure) -> None:
        """Give the keyboard to the button that does this."""
        for button, offered in zip(self._made, self._cures, strict=True):
            if offered is cure:
                button.setFocus()


def _label_button(button: QPushButton, cure: Cure) -> None:
    button.setText(cure_text(cure))
    button.setVisible(cure is not Cure.NONE)


def run_cure(
    context: PanelContext,
    cure: Cure,
    name: InstanceName,
    *,
    show_log: Callable[[], None] | None = None,
) -> None:
    """Do what the button says. `show_log` is for where the log is on the page already."""
    health, actions = context.actions.health, context.actions
    match cure:
        case Cure.SIGN_IN:
            health.sign_in(name)
        case Cure.PROGRAM:
            actions.show_panel("accounts")  # where the programs of the instances are chosen
        case Cure.RESTART:
            health.restart(name)
        case Cure.START:
            health.start(name)
        case Cure.SHOW_LOG if show_log is not None:
            show_log()
        case Cure.SHOW_LOG:
            health.open(name, at_log=True)
        case Cure.TEST:
            health.test(name)
        case Cure.NEXT_PORT:
            actions.use_next_free_port()
        case Cure.SETTINGS | Cure.CLIENTS | Cure.REQUESTS | Cure.HEALTH:
            actions.show_panel(cure.name.lower())
        case Cure.NONE:
            return
