"""After a command has written the settings file: the gateway that runs is told to read it again.

What it refuses is taken back out of the file.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from gateway_engine.cli.internal_call import CallError, InternalCalls, running_gateway
from gateway_engine.config import Origin, SettingsError
from gateway_engine.plan import EnginePlan
from gateway_engine.settings_file import SettingsText, write_settings

AT_NEXT_START: Final = "saved; it counts from the next start of the gateway"
REFUSED: Final = range(400, 500)
NO_ENTRY: Final = (401, 403, 404)
"""Routes that are closed, or of an older version: it cannot be told, and that is no refusal."""


class SettingsTelling:
    """Tells the gateway that runs on the data folder of `plan`, if there is one."""

    def __init__(self, plan: EnginePlan) -> None:
        self._plan = plan
        self._loaded = plan.loaded
        self._running = running_gateway(plan)

    def said(self, before: SettingsText, text: str, names: Sequence[str]) -> list[str]:
        """The lines that say what became of it. Raises SettingsError when the gateway refuses:
        then the file is as it was.
        """
        if self._running is None:
            return self._for_later(names)
        calls = InternalCalls(self._running.url, self._running.admin_token, own=False)
        try:
            return asyncio.run(self._told(calls, names))
        except CallError as error:
            if error.status not in REFUSED or error.status in NO_ENTRY:
                return [
                    f"saved, but the gateway that runs could not be told ({error}): it reads the"
                    " file at its next start"
                ]
            write_settings(replace(before, content=text.encode()), before.text)
            raise SettingsError(f"nothing was changed, the gateway refuses: {error}") from None

    def read_again(self) -> list[str]:
        """Let the gateway read the file. Raises SettingsError when none runs, or it refuses."""
        if self._running is None:
            raise SettingsError(
                "no gateway runs on this data folder: its next start reads the file"
            )
        calls = InternalCalls(self._running.url, self._running.admin_token, own=False)
        try:
            done = asyncio.run(calls.post("settings/reload", ""))
        except CallError as error:
            raise SettingsError(f"the gateway that runs stays as it was: {error}") from None
        changed = ", ".join(done["changed"]) or "nothing, it was in force already"
        return [f"read again; changed: {changed}", *effects(done, done["changed"])]

    def _for_later(self, names: Sequence[str]) -> list[str]:
        origins = self._loaded.origins
        overridden = [name for name in names if origins[name] in (Origin.ENV, Origin.CLI)]
        return [f"saved, but the environment overrides {name.upper()}" for name in overridden] or [
            AT_NEXT_START
        ]

    async def _told(self, calls: InternalCalls, names: Sequence[str]) -> list[str]:
        standing = await calls.get("settings")
        if not _is_same(Path(standing["file"]), self._loaded.file):
            return [f"saved; the gateway that runs uses another file, {standing['file']}"]
        done = await calls.post("settings/reload", "")
        moved = running_gateway(self._plan)  # its address and its token are settings, too
        if moved is not None:
            calls = InternalCalls(moved.url, moved.admin_token, own=False)
        in_force = (await calls.get("effective-config"))["settings"]
        return _lines(done, in_force, [name.upper() for name in names])


def _lines(done: dict[str, Any], in_force: dict[str, Any], names: Sequence[str]) -> list[str]:
    overridden = [name for name in names if in_force[name]["origin"] in ("env", "cli")]
    lines = [
        f"saved, but where the gateway was started {name} is set otherwise" for name in overridden
    ]
    return [*lines, *effects(done, names)] or ["saved and in force"]


def effects(done: dict[str, Any], names: Sequence[str]) -> list[str]:
    """What putting the settings `names` in force did, as the gateway told it: a line each."""
    lines = []
    later = [name for name in done["at_next_start"] if name in names]
    if later:
        lines.append(f"{AT_NEXT_START}: {', '.join(later)}")
    if done["endpoint_moved"]:
        lines.append("in force: the endpoint has moved")
    for key, verb, rest in (
        ("started_again", "start", " again"),
        ("started", "start", ""),
        ("ended", "end", ""),
    ):
        which = done[key]
        if which:
            ending = "s" if len(which) == 1 else ""
            lines.append(f"in force: {', '.join(which)} {verb}{ending}{rest}")
    return lines


def _is_same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return one == other
