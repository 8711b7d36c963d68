"""The settings file on the disk: made when there is none, brought up to date, read and written.

It is replaced whole or not at all, 0600, and only if it still says what was read of it. A file of
a newer version is never written.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from gateway_engine.atomic_file import write_private
from gateway_engine.config import SettingsError, no_utf8, read_settings_text, unreadable
from gateway_engine.settings_upgrade import (
    SETTINGS_FILE_VERSION,
    VERSION_KEY,
    Step,
    upgraded,
)

logger = logging.getLogger(__name__)

HEAD: Final = (
    "# Settings of Lingma Gateway. `lingma-gateway settings list` shows them all; names are in\n"
    "# lower case here.\n"
    f"{VERSION_KEY} = {SETTINGS_FILE_VERSION}\n"
)


@dataclass(frozen=True, slots=True)
class SettingsText:
    """What was read: `content` None when there was no file, `text` as it is to be edited."""

    file: Path
    content: bytes | None = field(repr=False)
    text: str = field(repr=False)


def ensure_settings_file(file: Path) -> None:
    """Write a settings file that changes nothing, when there is none yet.

    A folder that cannot be written is logged and nothing else: every setting has a default.
    """
    if file.exists():
        return
    try:
        write_private(file, HEAD.encode())
    except OSError as error:
        logger.warning("no settings file was written: %s", error)


def read_settings(file: Path) -> SettingsText:
    """Read the file to edit it. Raises SettingsError."""
    content = _content(file)
    try:
        text = HEAD if content is None else content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise no_utf8(file, error) from None
    read_settings_text(text, file)
    return SettingsText(file, content, upgraded(text).text)


def write_settings(before: SettingsText, text: str) -> None:
    """Replace what was read by `text`. Raises SettingsError when it is not there any more or
    says something else, and OSError.
    """
    try:
        data = text.encode("utf-8")
    except UnicodeEncodeError:
        raise SettingsError("half a character cannot be written", "half_character") from None
    if _content(before.file) != before.content:
        raise SettingsError(
            f"{before.file} was changed by somebody else just now: look again", "settings_changed"
        )
    # Where a link leads to is replaced, not the link.
    write_private(before.file.resolve(), data)


def upgrade_settings_file(file: Path, steps: Sequence[Step] | None = None) -> Path | None:
    """Bring the file to the present version; returns its copy as it was, None when nothing had to
    be done. Raises SettingsError, OSError: then the file is as it was.
    """
    content = _content(file)
    if content is None:
        return None
    try:
        made = upgraded(content.decode("utf-8"), steps)
    except ValueError:
        return None  # whoever reads it says what is wrong
    if not made.is_new:
        return None
    copy = _place_for_copy(file.with_name(f"{file.name}.version-{made.found}"), content)
    write_private(copy, content)
    write_settings(SettingsText(file, content, ""), made.text)
    logger.warning(
        "%s was brought from version %d to %d; as it was it is kept as %s",
        file,
        made.found,
        made.version,
        copy.name,
    )
    return copy


def _place_for_copy(wanted: Path, content: bytes) -> Path:
    """`wanted`, or where an earlier copy is there already, the next free name after it."""
    copy, number = wanted, 2
    while _content(copy) not in (None, content):
        copy, number = wanted.with_name(f"{wanted.name}.{number}"), number + 1
    return copy


def _content(file: Path) -> bytes | None:
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise unreadable(file, error) from None
