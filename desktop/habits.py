"""What the desktop remembers between starts: read into the state, and written when that changes."""

import logging
from dataclasses import replace

from desktop.planning import Planned
from desktop.preferences import Preferences, PreferencesFile
from desktop.slices.desktop_choices import ChoicesChanged, DesktopChoices
from desktop.slices.files import PREFERENCES_NEWER, FilesNoted
from desktop.slices.first_run import (
    FirstRunRemembered,
    FirstRunShown,
    FirstRunState,
    FirstRunStep,
)
from desktop.slices.product import Places, PlacesKnown, UpgradeFound
from desktop.state import NO_UPSTREAM, AppEvent, AppState, PlanMade
from gateway_engine.public import __version__

logger = logging.getLogger(__name__)


class Habits:
    """The preferences in force, and the file they are kept in."""

    def __init__(self, file: PreferencesFile) -> None:
        self._file = file
        self.kept: Preferences = file.read()
        if file.is_newer:
            logger.warning("the desktop's preferences are of a newer version: nothing is kept")

    def remembered(self) -> tuple[AppEvent, ...]:
        """The events that bring the state to where the last start left it."""
        kept = self.kept
        choices = DesktopChoices(
            theme=kept.theme,
            language=kept.language,
            start_minimized=kept.start_minimized,
            frees_memory=kept.frees_memory,
        )
        events: list[AppEvent] = [ChoicesChanged(choices), first_run_of(kept)]
        if first_run_of(kept).state in (FirstRunState.UNSEEN, FirstRunState.OPEN):
            events.append(FirstRunShown())
        if kept.seen_version and kept.seen_version != __version__:
            events.append(UpgradeFound(__version__))
        if self._file.is_newer:
            events.append(FilesNoted((PREFERENCES_NEWER,)))
        return tuple(events)

    def follow(self, state: AppState) -> None:
        """Keep what the state says now."""
        self.save(
            start_minimized=state.choices.start_minimized,
            frees_memory=state.choices.frees_memory,
            first_run=state.first_run.state.value,
            first_run_step=state.first_run.step.value,
            seen_lingma=self.kept.seen_lingma or _has_real_upstream(state),
            # While the news wait to be read, the old version is the last one that was seen.
            seen_version=self.kept.seen_version if state.product.news else __version__,
        )

    def save(self, **changes: object) -> None:
        """Change some preferences; the file is written when that makes a difference."""
        preferences = replace(self.kept, **changes)  # type: ignore[arg-type]
        if preferences != self.kept:
            self.kept = preferences
            self._file.write(preferences)


def first_run_of(kept: Preferences) -> FirstRunRemembered:
    """How far the first steps were; whoever already uses a real upstream has done them."""
    try:
        state, step = FirstRunState(kept.first_run), FirstRunStep(kept.first_run_step)
    except ValueError:
        state, step = FirstRunState.UNSEEN, FirstRunStep.WELCOME
    if state is FirstRunState.UNSEEN and kept.seen_lingma:
        state = FirstRunState.DONE
    return FirstRunRemembered(state, step)


def plan_facts(planned: Planned) -> tuple[AppEvent, ...]:
    """What a plan tells the window."""
    plan, settings = planned.plan, planned.plan.settings
    notices = () if plan.instances else (NO_UPSTREAM,)
    places = Places(str(plan.loaded.file), str(plan.paths.data_dir), str(plan.paths.log_file))
    return (
        PlanMade(plan.upstream, settings.host, settings.port, notices),
        PlacesKnown(places, settings.log_level),
        planned.found,
    )


def _has_real_upstream(state: AppState) -> bool:
    return state.upstream not in ("", "demo") and bool(state.instances)
