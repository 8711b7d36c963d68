"""What an action could not do, where its user is: above every page."""

from desktop.panels.marks import tone_colour, tone_surface
from desktop.panels.panel import PanelContext
from desktop.state import AppState
from desktop.widgets.banner import Banner
from desktop.widgets.status_shapes import Shape


class ActionFailure(Banner):
    """The last failure, until it is read."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__("error", Shape.TRIANGLE)
        tokens = context.tokens
        self.set_colours(tone_colour(tokens, "error"), tone_surface(tokens, "error"))
        self.add_button(self.tr("Dismiss"), context.actions.dismiss_action_error)
        self.hide()

    def render_state(self, state: AppState) -> None:
        """Show it, or nothing."""
        self.say(self.tr("That did not work"), state.action_error)
        self.setVisible(bool(state.action_error))
