"""The settings of another file: what they would change, taking them over, and that taken back.

Nothing is written before it was looked into with every check of a start; what was looked into is
what is written, or a conflict is told.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from gateway_engine.config import LoadedSettings, SettingsError, load_settings, no_utf8, unreadable
from gateway_engine.errors import ConflictError, InvalidRequestError
from gateway_engine.instances_edit import INSTANCES, InstanceMove, instance_moves
from gateway_engine.saving import EditText, Saved, Sought
from gateway_engine.setting_specs import setting_specs
from gateway_engine.settings_edit import brought_text

MAX_BYTES: Final = 4 * 1024 * 1024
IMPORTED: Final = "import"
"""What messages call the file that is taken over, where it has no name."""


@dataclass(frozen=True, slots=True)
class Replaced:
    """One setting that gets another value. `before` is what the file says, else the default."""

    name: str
    before: Any = field(repr=False)
    after: Any = field(repr=False)


@dataclass(frozen=True, slots=True)
class ImportPreview:
    """What an import would change, in the model's order. `overridden`: saved, but the environment
    or the command line says otherwise. `seen` stands for what this was worked out from.
    """

    changes: tuple[Replaced, ...]
    instances: tuple[InstanceMove, ...] = ()
    overridden: tuple[str, ...] = ()
    seen: str = ""


def preview_of(
    given: Mapping[str, Any], in_file: Mapping[str, Any]
) -> tuple[tuple[Replaced, ...], tuple[InstanceMove, ...]]:
    """What taking over `given` would change in a file that says `in_file`. Pure."""
    changes = []
    for spec in setting_specs():
        before = in_file.get(spec.name, spec.default)
        if spec.name in given and spec.name != INSTANCES and given[spec.name] != before:
            changes.append(Replaced(spec.name, before, given[spec.name]))
    moves: tuple[InstanceMove, ...] = ()
    if INSTANCES in given:
        present = in_file.get(INSTANCES, ())
        moves = instance_moves(present, given[INSTANCES])
        if not moves and present != given[INSTANCES]:
            moves = (InstanceMove(""),)  # the same ones, in another order
    return tuple(changes), moves


def text_of_import(file: Path) -> str:
    """Read a file to be imported. Raises SettingsError."""
    try:
        if file.exists() and not file.is_file() and not file.is_dir():
            raise _no_settings_file(file)  # a pipe would never end, a device give anything
        with file.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise unreadable(file, error) from None
    if len(data) > MAX_BYTES:
        raise _no_settings_file(file)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise no_utf8(file, error) from None


def _no_settings_file(file: Path) -> SettingsError:
    return SettingsError(f"{file} is no settings file", "no_import_file", file=str(file))


def given_by(text: str, name: str = "") -> Mapping[str, Any]:
    """What the settings file `text` names, every value checked. Raises SettingsError."""
    file = Path(name or IMPORTED)
    return load_settings(file=file, environ={}, dotenv=None, cli={}, text=text).in_file


class Importing:
    """Imports into one settings file. `seek` works an edit out, `edit` does it; all that can fail
    raises GatewayErrors. `refused` makes one of a SettingsError.
    """

    def __init__(
        self,
        seek: Callable[[EditText, tuple[str, ...]], Awaitable[Sought]],
        edit: Callable[[EditText, tuple[str, ...]], Awaitable[Saved]],
        refused: Callable[[SettingsError], InvalidRequestError],
    ) -> None:
        self._seek = seek
        self._edit = edit
        self._refused = refused
        self._last: tuple[str, str, tuple[str, ...]] | None = None

    async def look_into(self, text: str, name: str = "") -> ImportPreview:
        """Say what taking over `text` would change; `name` is what messages call that file."""
        given = await self._given(text, name)
        found = await self._seek(_bring(given), tuple(given))
        changes, moves = preview_of(given, found.loaded.in_file)
        return ImportPreview(changes, moves, found.overridden, _seen(found.before.text, text))

    async def bring(self, text: str, name: str = "", *, seen: str = "") -> Saved:
        """Take over what `text` names; the rest stays. `seen`: the preview it was decided by."""
        given = await self._given(text, name)
        written: list[str] = []

        def edit(before: str, loaded: LoadedSettings) -> str:
            if seen and seen != _seen(before, text):
                raise _changed()
            written[:] = [before, _bring(given)(before, loaded)]
            return written[1]

        saved = await self._edit(edit, tuple(given))
        self._last = (written[0], written[1], tuple(given))
        return saved

    async def take_back(self) -> Saved:
        """Let the file be as it was before the last import, if it is still as that left it."""
        last = self._last
        if last is None:
            raise ConflictError("there is no import to take back", reason="no_import")
        before, after, names = last

        def edit(now: str, _loaded: LoadedSettings) -> str:
            if now != after:
                raise _changed()
            return before

        saved = await self._edit(edit, names)
        self._last = None
        return saved

    async def _given(self, text: str, name: str) -> Mapping[str, Any]:
        try:
            return await asyncio.to_thread(given_by, text, name)
        except SettingsError as error:
            raise self._refused(error) from None


def _bring(given: Mapping[str, Any]) -> EditText:
    return lambda text, loaded: brought_text(text, given, loaded.in_file)


def _changed() -> ConflictError:
    return ConflictError(
        "the settings file was changed meanwhile; look again",
        reason="settings_changed",
    )


def _seen(before: str, text: str) -> str:
    return hashlib.sha256(f"{len(before)} {before}{text}".encode(errors="replace")).hexdigest()
