"""What this is, in which language, and how it shall look."""

from desktop.first_run.step import StepPage
from desktop.panels.panel import PanelContext
from desktop.state import AppState
from desktop.widgets.card import Card
from desktop.widgets.segments import Segments
from desktop.widgets.styling import label


class WelcomeStep(StepPage):
    """Language and theme, applied at once."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__(context)
        desktop = context.actions.desktop
        self.column.addWidget(
            label(
                self.tr(
                    "It gives Lingma, or another coding agent, a local address that your tools "
                    "can use as an OpenAI, Anthropic or Ollama endpoint. A few steps from here "
                    "to the first answer; each can be changed later."
                ),
                wraps=True,
            )
        )
        card = Card()
        card.setAccessibleName(self.tr("Language and theme"))
        self._language = Segments(
            self.tr("Language"),
            (("auto", self.tr("Like the system")), ("en", "English"), ("zh_CN", "简体中文")),
        )
        self._theme = Segments(
            self.tr("Theme"),
            (
                ("auto", self.tr("Like the system")),
                ("light", self.tr("Light")),
                ("dark", self.tr("Dark")),
            ),
        )
        self._language.chosen.connect(desktop.choose_language)
        self._theme.chosen.connect(desktop.choose_theme)
        for caption, choice in (
            (self.tr("Language"), self._language),
            (self.tr("Theme"), self._theme),
        ):
            card.body.addWidget(label(caption, "caption"))
            card.body.addWidget(choice)
        self.column.addWidget(card)

    def render_state(self, state: AppState) -> None:
        """Show what is chosen."""
        self._language.choose(state.choices.language)
        self._theme.choose(state.choices.theme)
