"""What must be seen before anything else: demo answers, a taken port, a crash, a missing tray."""

from dataclasses import replace

from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop import remedies, wording
from desktop.panels.health_remedy import RemedyBanner, run_cure
from desktop.panels.keyring_banner import KeyringBanner
from desktop.panels.marks import tone_colour, tone_surface
from desktop.panels.panel import PanelContext
from desktop.state import NO_UPSTREAM, AppState, TrayPresence
from desktop.widgets.banner import Banner
from desktop.widgets.status_shapes import Shape
from gateway_engine.public import InstanceName


class OverviewBanners(QWidget):
    """A stack of banners; only those that apply are shown, the gravest first."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        actions = context.actions
        self._tokens = context.tokens
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)

        self._crash = self._add("error", Shape.TRIANGLE)
        again = self._crash.add_button(self.tr("Start again"), actions.start_engine)
        again.setProperty("kind", "primary")
        self._keyring = KeyringBanner(context)
        self._column.addWidget(self._keyring)
        self._port = self._add("error", Shape.TRIANGLE)
        free = self._port.add_button(self.tr("Use the next free port"), actions.use_next_free_port)
        free.setProperty("kind", "primary")
        self._port.add_button(self.tr("Try again"), actions.try_port_again)
        self._demo = self._add("demo", Shape.FLASK)
        self._notice = self._add("warn", Shape.TRIANGLE)
        choose, desktop = self.tr("Who should answer…"), actions.desktop
        self._choosers = [
            banner.add_button(choose, desktop.choose_program)
            for banner in (self._demo, self._notice)
        ]
        self._history = self._add("info", Shape.INFO)
        self._history.add_button(self.tr("Dismiss"), actions.dismiss_notice)
        self._context = context
        self._instance = InstanceName("")
        self._request = ""
        self._error = RemedyBanner(context, self._mend)
        self._error.add_button(self.tr("Dismiss"), actions.dismiss_error)
        self._column.addWidget(self._error)
        self._tray = self._add("info", Shape.INFO)

    def _add(self, tone: str, shape: Shape) -> Banner:
        banner = Banner(tone, shape)
        banner.set_colours(tone_colour(self._tokens, tone), tone_surface(self._tokens, tone))
        banner.hide()
        self._column.addWidget(banner)
        return banner

    def render_state(self, state: AppState) -> None:
        """Show what applies."""
        _show(self._crash, wording.crash(state.crash) if state.crash else None)
        self._keyring.render_state(state)
        failure = state.endpoint.failure
        _show(self._port, wording.listener_failure(failure) if failure else None)
        is_fixed = state.first_run.is_fixed
        _show(self._demo, self._demo_words(is_fixed=is_fixed) if state.demo else None)
        for chooser in self._choosers:
            chooser.setVisible(not is_fixed)
        lacks_program = state.has_no_upstream and not state.demo
        _show(self._notice, wording.notice(NO_UPSTREAM) if lacks_program else None)
        of_files = state.file_notices
        _show(self._history, wording.notice(of_files[0]) if of_files else None)
        self._error.show_remedy(self._last_error(state))
        _show(self._tray, self._tray_words() if state.tray is TrayPresence.MISSING else None)
        self.setVisible(any(not banner.isHidden() for banner in self.findChildren(Banner)))

    def _demo_words(self, *, is_fixed: bool) -> wording.Words:
        text = (
            self.tr("Settings or command line name the bundled stand-in as what answers.")
            if is_fixed
            else self.tr(
                "A bundled stand-in answers instead. Lingma can be fetched and chosen here. If you "
                "install its plugin in VS Code or a JetBrains editor, start the gateway again."
            )
        )
        return wording.Words(self.tr("Demo answers: they do not come from Lingma"), text)

    def _last_error(self, state: AppState) -> remedies.Remedy | None:
        error = state.last_error
        if error is None:
            return None
        self._instance = InstanceName(error.source if error.of_instance else "")
        self._request = "" if error.of_instance else error.source
        found = remedies.for_instance if error.of_instance else remedies.for_request
        remedy = found(error.code, error.message)
        where = self.tr("Last error, {time}, {source}: {title}").format(
            time=wording.clock(error.at), source=error.source, title=remedy.words.title
        )
        words = wording.Words(where, remedy.words.text)
        return replace(remedy, words=words, kind=remedies.Kind.ERROR)

    def _mend(self, cure: remedies.Cure) -> None:
        if cure is remedies.Cure.REQUESTS and self._request:
            self._context.actions.requests.show_record(self._request)
        else:
            run_cure(self._context, cure, self._instance)

    def _tray_words(self) -> wording.Words:
        return wording.Words(
            self.tr("This desktop has no system tray"),
            self.tr(
                "The gateway lives in this window: minimise it to keep it running. "
                "Closing the window ends the gateway."
            ),
        )


def _show(banner: Banner, words: wording.Words | None) -> None:
    if words is not None:
        banner.say(words.title, words.text)
    banner.setVisible(words is not None)
