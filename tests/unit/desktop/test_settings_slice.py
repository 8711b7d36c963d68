"""What the window knows of settings, from events alone."""

from pathlib import Path

from desktop.slices.files import (
    PREFERENCES_NEWER,
    SETTINGS_UPGRADED,
    FilesNoted,
    NoticeRead,
)
from desktop.slices.settings import (
    Saving,
    SettingsNoteRead,
    SettingsRead,
    SettingsRefused,
    SettingsSaved,
    SettingsSaving,
    SettingsSlice,
)
from desktop.state import NO_UPSTREAM, AppEvent, AppState, PlanMade, reduce_all
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
    none = SettingsApplied((), (), "lingma", "::1", 9000, False, 1.0)
    assert reduce_all(state, [none]).notices == (NO_UPSTREAM,)


def test_what_is_said_of_files_is_said_one_after_another_whatever_else_happens() -> None:
    applied = SettingsApplied(("port",), (), "acp", "::1", 9000, True, 1.0)
    noted: list[AppEvent] = [
        FilesNoted((SETTINGS_UPGRADED, PREFERENCES_NEWER)),
        HistoryNoted(HistoryNote.NEWER, 1.0),
        HistoryNoted(HistoryNote.NEWER, 2.0),
        applied,
        PlanMade("acp", "::1", 9000),
    ]
    state = reduce_all(AppState(), noted)
    assert state.file_notices == (SETTINGS_UPGRADED, PREFERENCES_NEWER, "history_newer")
    assert reduce_all(state, [NoticeRead()]).file_notices == (PREFERENCES_NEWER, "history_newer")
    assert reduce_all(state, [NoticeRead()] * 4).file_notices == ()
    for code in (*(note.value for note in HistoryNote), SETTINGS_UPGRADED, PREFERENCES_NEWER):
        assert notice(code) is not None


def test_an_instance_that_was_removed_is_gone() -> None:
    status = InstanceStatus(InstanceName("inst-1"), "lingma", InstanceState.CLOSED, 1.0)
    state = reduce_all(AppState(), [InstanceChanged(status)])
    assert reduce_all(state, [InstanceRemoved(InstanceName("inst-1"), 2.0)]).instances == ()
