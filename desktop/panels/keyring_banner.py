"""What is said while the system's keyring is locked and the engine waits for it."""

from desktop.panels.marks import tone_colour, tone_surface
from desktop.panels.panel import PanelContext
from desktop.state import AppState, EnginePhase
from desktop.widgets.banner import Banner
from desktop.widgets.status_shapes import Shape


class KeyringBanner(Banner):
    """Shown only then; offers to go on without it."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__("warn", Shape.PADLOCK)
        tokens = context.tokens
        self.set_colours(tone_colour(tokens, "warn"), tone_surface(tokens, "warn"))
        self.say(
            self.tr("The system's key store is locked"),
            self.tr(
                "The gateway's keys are kept there. Unlock it in the window that asks for its "
                "password; the gateway starts at once then."
            ),
        )
        self.add_button(self.tr("Go on without it"), context.actions.give_up_keyring)
        self.hide()

    def render_state(self, state: AppState) -> None:
        """Show it while it applies."""
        self.setVisible(state.phase is EnginePhase.WAITING_FOR_KEYRING)
