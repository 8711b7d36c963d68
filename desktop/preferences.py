"""The window's own preferences: a small JSON file beside the settings, written atomically.

These are habits (language, theme, where the window was), not settings of the gateway. A file of a
newer version is read as far as it is understood and never written over.
"""

import contextlib
import json
import logging
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

logger = logging.getLogger(__name__)

FILE_NAME = "desktop.json"
VERSION = 1

THEMES = ("auto", "light", "dark")
LANGUAGES = ("auto", "en", "zh_CN")


@dataclass(frozen=True, slots=True)
class Preferences:
    """`geometry` is Qt's own form, base64. `first_run` and `first_run_step` are those of
    `desktop.slices.first_run`; `upstream` is the program chosen there, `seen_version` the newest
    version that ran here. The `told_` and `seen_` ones remember what was already said or seen.
    """

    theme: str = "auto"
    language: str = "auto"
    geometry: str = ""
    told_about_tray: bool = False
    seen_lingma: bool = False
    seen_version: str = ""
    start_minimized: bool = False
    frees_memory: bool = False
    first_run: str = "unseen"
    first_run_step: str = "welcome"
    upstream: str = "auto"
    layouts: Mapping[str, str] = field(default_factory=dict)
    """What panels remember of themselves (desktop.layouts)."""


class PreferencesFile:
    """Reads and writes one file. Losing it loses habits only, so nothing here raises."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE_NAME
        self.is_newer = False
        """Whether what was read is of a newer version: then nothing is written."""

    def read(self) -> Preferences:
        """What the file says; defaults for what is missing or makes no sense."""
        try:
            data = json.loads(self._path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return Preferences()
        except (OSError, ValueError) as error:
            logger.info("preferences are not readable, using defaults: %s", error)
            return Preferences()
        if not isinstance(data, dict):
            return Preferences()
        version = data.get("version", VERSION)
        is_ours = type(version) is int and version <= VERSION
        self.is_newer = not is_ours
        return _parsed(data)

    def write(self, preferences: Preferences) -> None:
        """Replace the file, whole or not at all."""
        if self.is_newer:
            return
        text = json.dumps({"version": VERSION, **asdict(preferences)}, indent=2) + "\n"
        temporary = self._path.with_suffix(f".{os.getpid()}.tmp")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            # Not forced onto the disk: whoever draws a column has it written again and again.
            temporary.write_text(text, encoding="utf-8")
            temporary.replace(self._path)
        except OSError as error:
            logger.info("preferences could not be written: %s", error)
            with contextlib.suppress(OSError):
                temporary.unlink()


def _parsed(data: Mapping[str, Any]) -> Preferences:
    defaults = asdict(Preferences())
    known = {
        f.name: data[f.name]
        for f in fields(Preferences)
        if isinstance(data.get(f.name), type(defaults[f.name]))
    }
    preferences = Preferences(**known)
    return replace(
        preferences,
        theme=preferences.theme if preferences.theme in THEMES else "auto",
        language=preferences.language if preferences.language in LANGUAGES else "auto",
        layouts={key: str(text) for key, text in preferences.layouts.items()},
    )
