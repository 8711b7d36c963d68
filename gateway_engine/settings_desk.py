"""The desk where settings are changed while the gateway runs: checked, written, put in force.

    edit of the text -> a plan made of it (every check of a start) -> the file -> the engine

Nothing is written that could not be started with, and nothing over what somebody else wrote
meanwhile. One change at a time.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Protocol

from gateway_engine.accounts.browser.order import read_selectors
from gateway_engine.config import (
    Effect,
    LoadedSettings,
    Origin,
    Settings,
    SettingsError,
    load_settings,
)
from gateway_engine.conversation import InstanceName
from gateway_engine.errors import ConflictError, InvalidRequestError
from gateway_engine.live_settings import Difference, changed_names
from gateway_engine.plan import (
    LINGMA,
    EnginePlan,
    prepare_again,
    require_keys_off_loopback,
)
from gateway_engine.programs import source_of
from gateway_engine.server.listener import ListenError
from gateway_engine.setting_specs import setting_specs
from gateway_engine.setting_values import InstanceSettings, instance_ids
from gateway_engine.settings_edit import (
    INSTANCES,
    SettingsChange,
    brought_text,
    changed_text,
    conflicts,
    exported_text,
    with_instance,
    with_instance_fields,
    without_instance,
)
from gateway_engine.settings_file import SettingsText, read_settings, write_settings
from gateway_engine.settings_upgrade import SETTINGS_FILE_VERSION
from gateway_engine.splicing.edits import RefusedEditError

FETCHING: Final = (
    "lingma_source_type",
    "lingma_marketplace_url",
    "lingma_marketplace_publisher",
    "lingma_marketplace_extension",
    "lingma_vsix_url",
    "lingma_vsix_sha256",
)


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
    what is in force.
    """

    rows: tuple[SettingState, ...]
    file: Path
    at_next_start: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    problem: str = ""
    changed_on_disk: bool = False


@dataclass(frozen=True, slots=True)
class Saved:
    """What a change did. `overridden`: saved, but the environment or the command line says
    otherwise. `instance` is the one that was added.
    """

    difference: Difference
    overridden: tuple[str, ...] = ()
    instance: InstanceName | None = None


class Applying(Protocol):
    """The engine, as far as settings concern it."""

    async def apply_settings(self, plan: EnginePlan) -> Difference:
        """Let this plan hold. Raises ListenError: then nothing has changed."""
        ...

    def offered_models(self) -> tuple[str, ...]:
        """The models that clients can name now."""
        ...


class SettingsDesk:
    """The settings of one engine. All that can fail raises GatewayErrors."""

    def __init__(self, engine: Applying, plan: EnginePlan, *, headless: bool) -> None:
        self._engine = engine
        self._plan = plan
        self._started = plan.settings
        self._headless = headless
        self._one_at_a_time = asyncio.Lock()

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
        loaded, problem, now = self._plan.loaded, "", None
        try:
            now = await asyncio.to_thread(lambda: prepare_again(self._plan).loaded)
        except SettingsError as error:
            problem = str(error)
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
            return changed_text(text, change)

        return await self._edit(edit, change.names)

    async def reload(self) -> Saved:
        """Read all sources again and put them in force."""
        async with self._one_at_a_time:
            return Saved(await self._apply(await self._planned(None)))

    async def export(self, *, secrets: bool) -> str:
        """The settings of the file as the text of a file."""
        loaded = self._plan.loaded
        try:
            return exported_text(loaded.in_file, SETTINGS_FILE_VERSION, secrets=secrets)
        except RefusedEditError as error:
            raise InvalidRequestError(str(error)) from None

    async def bring(self, text: str) -> Saved:
        """Take over the settings of another file: what it names; the rest stays."""
        try:
            given = await asyncio.to_thread(
                lambda: (
                    load_settings(
                        file=Path("import"), environ={}, dotenv=None, cli={}, text=text
                    ).in_file
                )
            )
        except SettingsError as error:
            raise InvalidRequestError(str(error)) from None

        def edit(text: str, loaded: LoadedSettings) -> str:
            return brought_text(text, given, len(loaded.in_file.get(INSTANCES, ())))

        return await self._edit(edit, tuple(given))

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
                present = [
                    InstanceSettings(name=plan.name, id=plan.name)
                    for plan in self._plan.instances
                    if plan.kind == LINGMA
                ]
                for each in present:
                    text = with_instance(text, each)
            name = self._free_id(tuple(present))
            made[:] = [name]
            names = {each.name for each in present}
            title = instance.name or name
            number = 2
            while title in names:
                title, number = f"{instance.name or name} {number}", number + 1
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
            if len(present) == 2 and "lingma_instance_count" in loaded.in_file:
                # It multiplies an instance that is alone.
                text = changed_text(text, SettingsChange(reset=("lingma_instance_count",)))
            return text

        return await self._edit(edit, (INSTANCES,))

    async def change_instance(self, name: InstanceName, changes: Mapping[str, Any]) -> Saved:
        """Set fields of this instance; one that is set to "" or nothing goes."""

        def edit(text: str, loaded: LoadedSettings) -> str:
            present, index = self._in_file(loaded, name)
            identity = {} if present[index].id else {"id": str(name)}
            return with_instance_fields(text, index, {**changes, **identity})

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
            )
        return present, ids.index(name)

    def _free_id(self, present: tuple[InstanceSettings, ...]) -> InstanceName:
        """One whose folder does not hold another's login."""
        taken = {*instance_ids(present), *(plan.name for plan in self._plan.instances)}
        folder = self._plan.paths.data_dir / "instances"
        number = len(present)
        while f"inst-{number}" in taken or (folder / f"inst-{number}").exists():
            number += 1
        return InstanceName(f"inst-{number}")

    # --- inside ---

    async def _edit(
        self, edit: Callable[[str, LoadedSettings], str], names: tuple[str, ...]
    ) -> Saved:
        async with self._one_at_a_time:
            before = await asyncio.to_thread(self._read)
            present = await self._planned(before.text)
            try:
                text = edit(before.text, present.loaded)
            except RefusedEditError as error:
                raise InvalidRequestError(f"{self.file} cannot be edited: {error}") from None
            plan = await self._planned(text)
            self._check(present, plan, names)
            await asyncio.to_thread(self._write, before, text)
            try:
                found = await self._apply(plan)
            except InvalidRequestError:
                await asyncio.to_thread(self._write_back, before, text)
                raise
            overridden = tuple(
                name for name in names if plan.loaded.origins[name] in (Origin.ENV, Origin.CLI)
            )
            return Saved(found, overridden)

    async def _planned(self, text: str | None) -> EnginePlan:
        try:
            return await asyncio.to_thread(prepare_again, self._plan, text=text)
        except SettingsError as error:
            raise InvalidRequestError(str(error)) from None

    async def _apply(self, plan: EnginePlan) -> Difference:
        try:
            found = await self._engine.apply_settings(plan)
        except ListenError as error:
            raise InvalidRequestError(f"the endpoint cannot be there: {error}") from None
        self._plan = plan
        return found

    def _check(self, before: EnginePlan, plan: EnginePlan, names: tuple[str, ...]) -> None:
        """What a start would not notice, and what only a gateway without a window must have."""
        changed = {*names, *changed_names(before.settings, plan.settings)}
        settings: Settings = plan.settings
        try:
            if self._headless:
                require_keys_off_loopback(settings)
            if changed.intersection(FETCHING):
                source_of(settings)
            named = settings.auto_login_selectors_file
            if named and "auto_login_selectors_file" in changed:
                read_selectors(Path(named).expanduser())
        except SettingsError as error:
            raise InvalidRequestError(str(error)) from None
        except ValueError as error:
            raise InvalidRequestError(f"AUTO_LOGIN_SELECTORS_FILE: {error}") from None
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
            raise InvalidRequestError(str(error)) from None

    def _write(self, before: SettingsText, text: str) -> None:
        try:
            write_settings(before, text)
        except SettingsError as error:
            raise ConflictError(str(error), reason="settings_changed") from None
        except OSError as error:
            raise InvalidRequestError(f"{self.file} cannot be written: {error.strerror}") from None

    def _write_back(self, before: SettingsText, text: str) -> None:
        self._write(replace(before, content=text.encode()), before.text)
