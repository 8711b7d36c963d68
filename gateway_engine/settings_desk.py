"""The desk where settings are changed while the gateway runs: checked, written, put in force.

    edit of the text -> a plan made of it (every check of a start) -> the file -> the engine

Nothing is written that could not be started with, and nothing over what somebody else wrote
meanwhile. One change at a time.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Protocol

from gateway_engine.config import (
    Effect,
    LoadedSettings,
    Origin,
    Settings,
    SettingsError,
)
from gateway_engine.conversation import InstanceName
from gateway_engine.errors import ConflictError, InvalidRequestError, Refusal
from gateway_engine.importing import Importing
from gateway_engine.instances_edit import (
    INSTANCES,
    InstanceEntry,
    arranged,
    with_instance,
    with_instance_fields,
    without_instance,
)
from gateway_engine.live_settings import Difference, changed_names
from gateway_engine.plan import EnginePlan, prepare_again
from gateway_engine.saving import EditText, Saved, Sought
from gateway_engine.server.listener import ListenError
from gateway_engine.setting_specs import setting_specs
from gateway_engine.setting_values import InstanceSettings, instance_ids
from gateway_engine.settings_checks import refuse_unusable
from gateway_engine.settings_edit import (
    SettingsChange,
    changed_text,
    conflicts,
    exported_text,
)
from gateway_engine.settings_file import SettingsText, read_settings, write_settings
from gateway_engine.settings_upgrade import SETTINGS_FILE_VERSION
from gateway_engine.splicing.edits import RefusedEditError

NAMED_MODEL: Final = "default_model"


@dataclass(frozen=True, slots=True)
class SettingState:
    """One setting: the value in force and where it comes from, and what the file says of it."""

    name: str
    value: Any = field(repr=False)
    origin: Origin
    in_file: bool = False
    file_value: Any = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class SettingsView:
    """All settings as they are. `at_next_start` names those whose change counts later; `problem`
    is why the file cannot be used as it is now; `changed_on_disk` that it says something else than
    what is in force; `unlisted` are instances that run without being in the file, as they would be
    written there.
    """

    rows: tuple[SettingState, ...]
    file: Path
    at_next_start: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    problem: Refusal | None = None
    changed_on_disk: bool = False
    unlisted: tuple[InstanceSettings, ...] = ()


class Applying(Protocol):
    """The engine, as far as settings concern it."""

    async def apply_settings(self, plan: EnginePlan) -> Difference:
        """Let this plan hold. Raises ListenError: then nothing has changed."""
        ...

    def offered_models(self) -> tuple[str, ...]:
        """The models that clients can name now."""
        ...


class SettingsDesk:
    """The settings of one engine. All that can fail raises GatewayErrors.

    `lacks_model` tells of a name whether it is sure that no instance has a model called so.
    """

    def __init__(
        self,
        engine: Applying,
        plan: EnginePlan,
        *,
        headless: bool,
        lacks_model: Callable[[str], bool],
    ) -> None:
        self._engine = engine
        self._lacks_model = lacks_model
        self._plan = plan
        self._started = plan.settings
        self._headless = headless
        self._one_at_a_time = asyncio.Lock()
        self.importing = Importing(self._look, self._edit, _refused)

    def took(self, plan: EnginePlan) -> None:
        """The engine was given this plan by somebody else."""
        self._plan = plan

    @property
    def plan(self) -> EnginePlan:
        """The plan that holds now."""
        return self._plan

    @property
    def file(self) -> Path:
        """The settings file."""
        return self._plan.loaded.file

    async def view(self) -> SettingsView:
        """Everything there is to show."""
        loaded, now = self._plan.loaded, None
        problem: Refusal | None = None
        try:
            now = await asyncio.to_thread(lambda: prepare_again(self._plan).loaded)
        except SettingsError as error:
            problem = error.refusal
        in_file = loaded.in_file if now is None else now.in_file
        rows = tuple(
            SettingState(
                spec.name,
                getattr(loaded.settings, spec.name),
                loaded.origins[spec.name],
                spec.name in in_file,
                in_file.get(spec.name),
            )
            for spec in setting_specs()
        )
        differs = now is not None and now.settings != loaded.settings
        return SettingsView(
            rows,
            loaded.file,
            self._waiting(),
            self._engine.offered_models(),
            problem,
            differs,
            () if in_file.get(INSTANCES) else self._unlisted(),
        )

    async def change(self, change: SettingsChange) -> Saved:
        """Set and reset settings in the file, and put that in force."""

        def edit(text: str, loaded: LoadedSettings) -> str:
            met = conflicts(change, loaded.in_file)
            if met:
                raise ConflictError(
                    f"the settings file was changed meanwhile: {', '.join(met)}; look again",
                    reason="settings_changed",
                )
            text = changed_text(text, change)
            return text if change.instances is None else self._arranged(text, loaded, change)

        return await self._edit(edit, change.names)

    async def reload(self) -> Saved:
        """Read all sources again and put them in force."""
        async with self._one_at_a_time:
            plan = await self._planned(None)
            await self._check(self._plan, plan, ())
            return Saved(await self._apply(plan))

    async def export(self, *, secrets: bool) -> str:
        """The settings of the file as the text of a file."""
        loaded = self._plan.loaded
        try:
            return exported_text(loaded.in_file, SETTINGS_FILE_VERSION, secrets=secrets)
        except RefusedEditError as error:
            raise self._not_editable(error) from None

    # --- instances ---

    async def add_instance(self, instance: InstanceSettings) -> Saved:
        """One more instance; it is given an id, and a name of its own.

        The instances that ran without being in the file are written into it: they go on.
        """
        made: list[InstanceName] = []

        def edit(text: str, loaded: LoadedSettings) -> str:
            present = list(loaded.in_file.get(INSTANCES, ()))
            if not present:
                # What ran by itself would give way to the first entry.
                present = list(self._unlisted())
                for each in present:
                    text = with_instance(text, each)
            name = self._free_id(instance_ids(tuple(present)))
            made[:] = [name]
            title = _free_name(instance.name or name, {each.name for each in present})
            return with_instance(text, replace(instance, id=name, name=title))

        return replace(await self._edit(edit, (INSTANCES,)), instance=made[0])

    async def remove_instance(self, name: InstanceName) -> Saved:
        """Without this instance; its folder, and the login in it, stay on the disk."""

        def edit(text: str, loaded: LoadedSettings) -> str:
            present, index = self._in_file(loaded, name)
            for place, each in enumerate(present):
                if place > index and not each.id:  # it is called by its place, which changes
                    text = with_instance_fields(text, place, {"id": f"inst-{place}"})
            text = without_instance(text, index)
            return _without_count(text, loaded, before=len(present), after=len(present) - 1)

        return await self._edit(edit, (INSTANCES,))

    def _in_file(
        self, loaded: LoadedSettings, name: InstanceName
    ) -> tuple[tuple[InstanceSettings, ...], int]:
        present: tuple[InstanceSettings, ...] = loaded.in_file.get(INSTANCES, ())
        ids = instance_ids(present)
        if name not in ids:
            raise ConflictError(
                f"{name} is not in the settings file: it runs because of LINGMA_BIN,"
                " LINGMA_INSTANCE_COUNT, LINGMA_ACCOUNTS, or because a Lingma program was found",
                reason="not_in_file",
                facts={"instance": name},
            )
        return present, ids.index(name)

    def _arranged(self, text: str, loaded: LoadedSettings, change: SettingsChange) -> str:
        """The instances as `change` wants them; what they are called stays theirs wherever they
        stand.
        """
        present: tuple[InstanceSettings, ...] = loaded.in_file.get(INSTANCES, ())
        ids, entries = instance_ids(present), change.instances or ()
        taken = {ids[entry.place] for entry in entries if entry.place is not None}
        given: list[InstanceEntry] = []
        for place, entry in enumerate(entries):
            own = entry.settings
            if entry.place is not None:
                # One without an id is called by its place.
                is_there = entry.place == place
                identity = own.id or ("" if is_there else ids[entry.place])
            else:
                is_free = own.id and own.id not in taken
                identity = own.id if is_free else self._free_id((*ids, *taken))
                taken.add(identity)
                own = replace(own, name=own.name or identity)
            given.append(replace(entry, settings=replace(own, id=identity)))
        text = arranged(text, present, given)
        return _without_count(text, loaded, before=len(present), after=len(given))

    def _unlisted(self) -> tuple[InstanceSettings, ...]:
        """What runs and may be written down by its name alone: those of the default kind."""
        return tuple(
            InstanceSettings(name=plan.name, id=plan.name)
            for plan in self._plan.instances
            if plan.kind == InstanceSettings().kind
        )

    def _free_id(self, present: tuple[str, ...]) -> InstanceName:
        """One whose folder does not hold another's login."""
        taken = {*present, *(plan.name for plan in self._plan.instances)}
        folder = self._plan.paths.data_dir / "instances"
        number = len(set(present))
        while f"inst-{number}" in taken or (folder / f"inst-{number}").exists():
            number += 1
        return InstanceName(f"inst-{number}")

    # --- inside ---

    async def _seek(self, edit: EditText, names: tuple[str, ...]) -> Sought:
        before = await asyncio.to_thread(self._read)
        present = await self._planned(before.text)
        try:
            text = await asyncio.to_thread(edit, before.text, present.loaded)
        except RefusedEditError as error:
            raise self._not_editable(error) from None
        plan = await self._planned(text)
        await self._check(present, plan, names)
        return Sought(before, present.loaded, text, plan, names)

    async def _look(self, edit: EditText, names: tuple[str, ...]) -> Sought:
        async with self._one_at_a_time:
            return await self._seek(edit, names)

    async def _edit(self, edit: EditText, names: tuple[str, ...]) -> Saved:
        async with self._one_at_a_time:
            found = await self._seek(edit, names)
            await asyncio.to_thread(self._write, found.before, found.text)
            try:
                difference = await self._apply(found.plan)
            except InvalidRequestError:
                await asyncio.to_thread(self._write_back, found.before, found.text)
                raise
            return Saved(difference, found.overridden)

    def _not_editable(self, error: RefusedEditError) -> InvalidRequestError:
        return InvalidRequestError(
            f"{self.file} cannot be edited: {error}",
            reason="not_editable",
            facts={**error.facts, "file": str(self.file), "why": str(error), "edit": error.code},
        )

    async def _planned(self, text: str | None) -> EnginePlan:
        try:
            return await asyncio.to_thread(prepare_again, self._plan, text=text)
        except SettingsError as error:
            raise _refused(error) from None

    async def _apply(self, plan: EnginePlan) -> Difference:
        try:
            found = await self._engine.apply_settings(plan)
        except ListenError as error:
            raise InvalidRequestError(
                f"the endpoint cannot be there: {error}",
                reason=f"endpoint_{error.code}",
                facts={"host": error.host, "port": str(error.port)},
            ) from None
        self._plan = plan
        return found

    async def _check(self, before: EnginePlan, plan: EnginePlan, names: tuple[str, ...]) -> None:
        """What a start would not notice, and what only a gateway without a window must have."""
        changed = {*names, *changed_names(before.settings, plan.settings)}
        settings: Settings = plan.settings
        try:
            await asyncio.to_thread(refuse_unusable, settings, changed, headless=self._headless)
        except SettingsError as error:
            raise _refused(error) from None
        model = settings.default_model
        same = plan.instances == self._plan.instances
        if NAMED_MODEL in changed and model and same and self._lacks_model(model):
            offered = ", ".join(self._engine.offered_models())
            raise InvalidRequestError(
                f"DEFAULT_MODEL: no instance has a model {model}; there are: {offered}",
                reason="unknown_model",
                facts={"model": model, "models": offered},
            )
        if INSTANCES in names and plan.named:
            raise ConflictError(
                "this gateway was started with --upstream, which says what runs: start it without",
                reason="upstream_named",
            )

    def _waiting(self) -> tuple[str, ...]:
        later = {spec.name for spec in setting_specs() if spec.effect is Effect.APP}
        names = changed_names(self._started, self._plan.settings)
        return tuple(name for name in names if name in later)

    def _read(self) -> SettingsText:
        try:
            return read_settings(self.file)
        except SettingsError as error:
            raise _refused(error) from None

    def _write(self, before: SettingsText, text: str) -> None:
        try:
            write_settings(before, text)
        except SettingsError as error:
            said = error.refusal
            raise ConflictError(str(error), reason=said.code, facts=said.facts) from None
        except OSError as error:
            why = error.strerror or type(error).__name__
            raise InvalidRequestError(
                f"{self.file} cannot be written: {why}",
                reason="not_written",
                facts={"file": str(self.file), "why": why},
            ) from None

    def _write_back(self, before: SettingsText, text: str) -> None:
        self._write(replace(before, content=text.encode()), before.text)


def _refused(error: SettingsError) -> InvalidRequestError:
    said = error.refusal
    return InvalidRequestError(said.message, reason=said.code, facts=said.facts)


def _free_name(wanted: str, taken: set[str]) -> str:
    name, number = wanted, 2
    while name in taken:
        name, number = f"{wanted} {number}", number + 1
    return name


def _without_count(text: str, loaded: LoadedSettings, *, before: int, after: int) -> str:
    """LINGMA_INSTANCE_COUNT multiplies one that is alone: it goes when one is left alone."""
    if after != 1 or before <= 1 or "lingma_instance_count" not in loaded.in_file:
        return text
    return changed_text(text, SettingsChange(reset=("lingma_instance_count",)))
