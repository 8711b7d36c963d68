"""What the window knows of settings, from events alone."""

from pathlib import Path

from desktop.slices.settings import (
    Saving,
    SettingsNoteRead,
    SettingsRead,
    SettingsRefused,
    SettingsSaved,
    SettingsSaving,
    SettingsSlice,
)
from desktop.state import NO_UPSTREAM, AppEvent, AppState, NoticesRead, reduce_all
from desktop.wording import notice
from gateway_engine.public import (
    HistoryNote,
    HistoryNoted,
    InstanceChanged,
    InstanceName,
    InstanceRemoved,
    InstanceState,
    InstanceStatus,
    SettingsApplied,
    SettingsView,
)

VIEW = SettingsView((), Path("config.toml"))


def after(*events: AppEvent) -> SettingsSlice:
    return reduce_all(AppState(), events).settings


def test_a_change_is_followed_to_its_end() -> None:
    assert after() == SettingsSlice(is_stale=True)
    assert after(SettingsRead(VIEW)) == SettingsSlice(VIEW, is_stale=False)
    assert after(SettingsRead(VIEW), SettingsSaving()).saving is Saving.UNDER_WAY
    saved = after(SettingsRead(VIEW), SettingsSaving(), SettingsSaved(("port",)))
    assert (saved.saving, saved.overridden, saved.is_stale) == (Saving.SAVED, ("port",), True)
    refused = after(SettingsSaving(), SettingsRefused("why"))
    assert (refused.saving, refused.refusal) == (Saving.REFUSED, "why")
    assert after(SettingsRefused("why"), SettingsNoteRead()).refusal == ""
    assert after(SettingsRefused("why"), SettingsSaving()).refusal == ""


def test_other_settings_show_at_once() -> None:
    applied = SettingsApplied(("port",), (), "acp", "::1", 9000, True, 1.0)
    state = reduce_all(AppState(notices=(NO_UPSTREAM,)), [SettingsRead(VIEW), applied])
    assert (state.upstream, state.host, state.port) == ("acp", "::1", 9000)
    assert state.notices == ()
    assert state.settings.is_stale
    noted: list[AppEvent] = [HistoryNoted(HistoryNote.NEWER, 1.0), applied]
    assert reduce_all(state, noted).notices == ("history_newer",)
    assert reduce_all(state, [*noted, NoticesRead()]).notices == ()
    none = SettingsApplied((), (), "lingma", "::1", 9000, False, 1.0)
    without = reduce_all(state, [noted[0], none])
    assert without.notices == (NO_UPSTREAM, "history_newer")
    assert reduce_all(without, [NoticesRead()]).notices == (NO_UPSTREAM,)
    for note in HistoryNote:
        assert notice(note.value) is not None


def test_an_instance_that_was_removed_is_gone() -> None:
    status = InstanceStatus(InstanceName("inst-1"), "lingma", InstanceState.CLOSED, 1.0)
    state = reduce_all(AppState(), [InstanceChanged(status)])
    assert reduce_all(state, [InstanceRemoved(InstanceName("inst-1"), 2.0)]).instances == ()
