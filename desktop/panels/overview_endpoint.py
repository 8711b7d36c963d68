"""How clients reach the gateway: addresses, the key, and where the key is kept."""

from desktop.actions import openai_base
from desktop.icons import line_icon
from desktop.panels.marks import tone_colour, tone_surface
from desktop.panels.panel import PanelContext
from desktop.state import AppState
from desktop.widgets.banner import Banner
from desktop.widgets.card import Card
from desktop.widgets.status_shapes import Shape
from desktop.widgets.styling import label
from desktop.widgets.value_field import ValueField

HEADING_EM = 1.7
"""As high as the heading of Try it beside it, which shares its line with buttons."""


class EndpointCard(Card):
    """Base URLs and key, each with a Copy button."""

    def __init__(self, context: PanelContext, title: str = "") -> None:
        super().__init__()
        actions, tokens = context.actions, context.tokens
        title = title or self.tr("Connect a client")
        self.setAccessibleName(title)
        heading = label(title, "heading")
        heading.setMinimumHeight(round(self.fontMetrics().height() * HEADING_EM))
        self.body.addWidget(heading)
        copy, copied = self.tr("Copy"), self.tr("Copied")
        self._openai = ValueField(
            self.tr("Base URL for OpenAI clients"), copy_text=copy, copied_text=copied
        )
        self._anthropic = ValueField(
            self.tr("Base URL for Anthropic clients"), copy_text=copy, copied_text=copied
        )
        self._key = ValueField(self.tr("API key"), copy_text=copy, copied_text=copied, secret=True)
        self._openai.copy_wanted.connect(actions.copy_base_url)
        self._anthropic.copy_wanted.connect(actions.copy_anthropic_url)
        self._key.copy_wanted.connect(actions.copy_api_key)
        self._key.set_reveal(
            reveal=line_icon("reveal", tokens.text_soft),
            hide=line_icon("hide", tokens.text_soft),
            reveal_text=self.tr("Show the key"),
            hide_text=self.tr("Hide the key"),
        )
        self._storage = Banner("quiet", Shape.PADLOCK)
        self._storage.set_colours(tone_colour(tokens, "quiet"), tone_surface(tokens, "quiet"))
        self._ask_again = self._storage.add_button(
            self.tr("Ask it again"), actions.ask_keyring_again
        )
        self._keep = self._storage.add_button(
            self.tr("Keep this one in a file"), actions.keep_key_in_file
        )
        self._offer_keeping(is_offered=False)
        self._tokens = tokens
        self.body.setSpacing(12)
        for field in (self._openai, self._anthropic, self._key):
            field.set_icons(
                copy=line_icon("copy", tokens.text), copied=line_icon("check", tokens.ok)
            )
            self.body.addWidget(field)
        self.body.addWidget(self._storage)
        self.body.addStretch(1)

    def render_state(self, state: AppState) -> None:
        """Show the addresses, or that there are none now."""
        closed = self.tr("Opening…") if state.endpoint_on else self.tr("The endpoint is closed")
        self._openai.set_value(openai_base(state.endpoint.url), closed)
        self._anthropic.set_value(state.endpoint.url, closed)
        self._key.set_value(state.access.api_key, self.tr("Not made yet"))
        storage = state.access.storage
        is_file, is_passing = storage == "file", storage == "session"
        self._storage.setVisible(is_file or is_passing)
        self._offer_keeping(is_offered=is_passing)
        tone = "warn" if is_passing else "quiet"
        self._storage.set_tone(tone, Shape.PADLOCK)
        self._storage.set_colours(tone_colour(self._tokens, tone), tone_surface(self._tokens, tone))
        if is_passing:
            self._storage.say(
                self.tr("Your key is locked away"),
                self.tr(
                    "The system's key store holds it and did not answer. The key above holds until "
                    "the gateway ends; clients with yours are turned away. Unlock the key store, "
                    "then ask it again."
                ),
            )
        if is_file:
            self._storage.say(
                self.tr("The key is kept in a file"),
                self.tr(
                    "No keyring answered, so the key lies in {path}, readable by you alone."
                ).format(path=state.access.path),
            )

    def _offer_keeping(self, *, is_offered: bool) -> None:
        for button in (self._ask_again, self._keep):
            self._storage.offer(button, is_offered=is_offered)
