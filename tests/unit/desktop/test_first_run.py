"""The first steps: shown, left, resumed, finished; and what is kept of them between starts."""

from pathlib import Path

from desktop.habits import Habits
from desktop.preferences import Preferences, PreferencesFile
from desktop.slices.desktop_choices import ChoicesChanged, DesktopChoices
from desktop.slices.first_run import (
    STEPS,
    FirstRunFinished,
    FirstRunLeft,
    FirstRunMoved,
    FirstRunShown,
    FirstRunState,
    FirstRunStep,
)
from desktop.slices.product import NewsSeen
from desktop.state import AppEvent, AppState, PlanMade, reduce_all
from gateway_engine.public import __version__
from tests.unit.desktop.samples import changed


def after(*events: AppEvent) -> AppState:
    return reduce_all(AppState(), events)


def test_what_was_left_is_resumed_at_its_step() -> None:
    left = after(FirstRunShown(), FirstRunMoved(FirstRunStep.CLIENT), FirstRunLeft())
    assert left.first_run.state is FirstRunState.LEFT
    again = reduce_all(left, [FirstRunShown()])
    assert (again.first_run.is_open, again.first_run.step) == (True, FirstRunStep.CLIENT)


def test_what_was_finished_begins_anew_when_it_is_wanted_again() -> None:
    done = after(FirstRunShown(), FirstRunMoved(STEPS[-1]), FirstRunFinished())
    assert done.first_run.state is FirstRunState.DONE
    assert reduce_all(done, [FirstRunShown()]).first_run.step is STEPS[0]


def test_leaving_what_is_not_open_changes_nothing() -> None:
    done = after(FirstRunShown(), FirstRunFinished())
    assert reduce_all(done, [FirstRunLeft()]) == done


def test_they_are_shown_at_the_first_start_and_not_once_they_are_done(tmp_path: Path) -> None:
    first = Habits(PreferencesFile(tmp_path))
    state = after(*first.remembered())
    assert state.first_run.is_open
    first.follow(reduce_all(state, [FirstRunMoved(FirstRunStep.PROGRAM)]))

    second = Habits(PreferencesFile(tmp_path))
    state = after(*second.remembered())
    assert (state.first_run.is_open, state.first_run.step) == (True, FirstRunStep.PROGRAM)
    second.follow(reduce_all(state, [FirstRunFinished()]))

    assert not after(*Habits(PreferencesFile(tmp_path)).remembered()).first_run.is_open


def test_whoever_left_them_is_not_pressed_again(tmp_path: Path) -> None:
    habits = Habits(PreferencesFile(tmp_path))
    habits.follow(after(*habits.remembered(), FirstRunLeft()))
    state = after(*Habits(PreferencesFile(tmp_path)).remembered())
    assert state.first_run.state is FirstRunState.LEFT


def test_whoever_used_lingma_before_there_were_steps_does_not_see_them(tmp_path: Path) -> None:
    PreferencesFile(tmp_path).write(Preferences(seen_lingma=True))
    assert not after(*Habits(PreferencesFile(tmp_path)).remembered()).first_run.is_open


def test_nonsense_in_the_file_is_a_first_start(tmp_path: Path) -> None:
    PreferencesFile(tmp_path).write(Preferences(first_run="so so", first_run_step="nowhere"))
    assert after(*Habits(PreferencesFile(tmp_path)).remembered()).first_run.is_open


def test_news_are_told_after_an_upgrade_until_they_were_seen(tmp_path: Path) -> None:
    PreferencesFile(tmp_path).write(Preferences(seen_version="0.0.1"))
    habits = Habits(PreferencesFile(tmp_path))
    state = after(*habits.remembered())
    assert state.product.news == __version__
    habits.follow(state)
    again = Habits(PreferencesFile(tmp_path))
    state = after(*again.remembered())
    assert state.product.news == __version__
    again.follow(reduce_all(state, [NewsSeen()]))
    assert after(*Habits(PreferencesFile(tmp_path)).remembered()).product.news == ""


def test_a_first_start_has_no_news(tmp_path: Path) -> None:
    habits = Habits(PreferencesFile(tmp_path))
    state = after(*habits.remembered())
    assert state.product.news == ""
    habits.follow(state)
    assert habits.kept.seen_version == __version__


def test_choices_are_kept(tmp_path: Path) -> None:
    habits = Habits(PreferencesFile(tmp_path))
    chosen = DesktopChoices(start_minimized=True, frees_memory=True)
    habits.follow(after(*habits.remembered(), ChoicesChanged(chosen)))
    state = after(*Habits(PreferencesFile(tmp_path)).remembered())
    assert (state.choices.start_minimized, state.choices.frees_memory) == (True, True)


def test_a_real_upstream_is_remembered_and_the_demo_is_not(tmp_path: Path) -> None:
    habits = Habits(PreferencesFile(tmp_path))
    habits.follow(after(PlanMade("demo", "127.0.0.1", 1), changed()))
    assert not habits.kept.seen_lingma
    habits.follow(after(PlanMade("lingma", "127.0.0.1", 1), changed()))
    assert habits.kept.seen_lingma
