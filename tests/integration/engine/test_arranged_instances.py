"""The instances of the settings file, arranged as a whole while they run."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from gateway_engine.errors import ConflictError
from gateway_engine.events import InstanceChanged, InstanceRemoved, InstanceState
from gateway_engine.instances_edit import InstanceEntry
from gateway_engine.setting_values import InstanceSettings
from gateway_engine.settings_edit import SettingsChange
from tests.integration.engine.changing_settings import Running, running


def entries(it: Running, *places: int) -> tuple[InstanceEntry, ...]:
    """The instances of the file at these places, as they are."""
    present = it.engine.settings.plan.loaded.in_file["instances"]
    return tuple(InstanceEntry(present[place], place) for place in places)


@pytest.mark.deadline(60)
async def test_instances_are_arranged_as_a_whole_and_stay_who_they_are(tmp_path: Path) -> None:
    tables = "".join(f"# of {name}\n[[instances]]\nname = '{name}'\n\n" for name in "abc")
    async with running(tmp_path, "lingma_instance_count = 1\n" + tables) as it:
        await it.ready(3)
        a, b, c = it.pids()
        desk = it.engine.settings
        await desk.change(SettingsChange(instances=entries(it, 2, 0, 1)))
        assert it.pids() == [c, a, b]
        assert [str(s.name) for s in it.engine.instances()] == ["inst-2", "inst-0", "inst-1"]
        assert [plan.title for plan in desk.plan.instances] == ["c", "a", "b"]
        assert it.file.read_text().index("# of c") < it.file.read_text().index("# of a")
        first, second, third = entries(it, 0, 1, 2)
        renamed = replace(second, settings=replace(second.settings, name="A"))
        new = InstanceEntry(InstanceSettings("new"))
        saved = await desk.change(SettingsChange(instances=(third, new, renamed)))
        assert saved.difference.removed == ("inst-2",)
        assert saved.difference.renewed == ()
        await it.ready(3)
        names = [str(status.name) for status in it.engine.instances()]
        assert names == ["inst-1", "inst-3", "inst-0"]
        assert (it.pids()[0], it.pids()[2]) == (b, a)
        with pytest.raises(ConflictError) as caught:
            await desk.change(SettingsChange(instances=(first,), seen={}))
        assert caught.value.code == "settings_changed"
        await desk.change(SettingsChange(instances=entries(it, 2)))
        assert "lingma_instance_count" not in it.file.read_text()
        await desk.change(SettingsChange({"heartbeat_sec": 2.0}, instances=()))
        assert "[[instances]]" not in it.file.read_text()
        assert it.settings.heartbeat_sec == 2
        assert [str(status.name) for status in it.engine.instances()] == ["inst-0"]
        assert it.file.read_text().startswith("# mine\n")


async def test_what_runs_by_itself_can_be_listed(tmp_path: Path) -> None:
    async with running(tmp_path) as it:
        await it.ready()
        pid = it.pids()[0]
        unlisted = (await it.engine.settings.view()).unlisted
        assert unlisted == (InstanceSettings("inst-0", id="inst-0"),)
        wanted = (*unlisted, InstanceSettings("second"), InstanceSettings("inst-0 2", id="inst-0"))
        change = SettingsChange(instances=tuple(InstanceEntry(own) for own in wanted), seen={})
        await it.engine.settings.change(change)
        await it.ready(3)
        assert it.pids()[0] == pid
        names = [str(status.name) for status in it.engine.instances()]
        assert names == ["inst-0", "inst-1", "inst-2"]
        assert (await it.engine.settings.view()).unlisted == ()


async def test_one_that_is_there_again_begins_when_the_one_before_has_ended(
    tmp_path: Path,
) -> None:
    other, own = "[[instances]]\nid = 'other'\n", "[[instances]]\nid = 'own'\n"
    async with running(tmp_path, own, LINGMA_EMULATOR_DELTA_MS=30) as it:
        await it.ready()
        async with asyncio.TaskGroup() as group:
            busy = group.create_task(it.ask("count to 40"))
            await it.events.until(lambda: it.engine.instances()[0].in_flight or None)
            pid, with_own = it.pids()[0], it.file.read_text()
            for text in (with_own.replace(own, other), with_own):
                it.file.write_text(text)
                await it.engine.settings.reload()
            told = len(it.events.seen)
        assert busy.result()[0] == 200, "what ran to its end was not cut off"
        await it.ready()
        assert it.pids()[0] != pid
        said = [
            "removed" if isinstance(event, InstanceRemoved) else event.status.state
            for event in it.events.seen[told:]
            if isinstance(event, InstanceRemoved | InstanceChanged) and _named(event) == "own"
        ]
        assert InstanceState.CLOSED in said[: said.index("removed")]
        assert set(said[said.index("removed") :]) == {
            "removed",
            InstanceState.STARTING,
            InstanceState.READY,
        }


def _named(event: InstanceRemoved | InstanceChanged) -> str:
    return event.name if isinstance(event, InstanceRemoved) else event.status.name
