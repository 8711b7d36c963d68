"""The settings file as it is first written: its version, and where to read on."""

import logging
from pathlib import Path

from gateway_engine.atomic_file import write_private
from gateway_engine.settings_upgrade import SETTINGS_FILE_VERSION, VERSION_KEY

logger = logging.getLogger(__name__)


def ensure_settings_file(file: Path) -> None:
    """Write a settings file that changes nothing, when there is none yet.

    A folder that cannot be written is logged and nothing else: every setting has a default.
    """
    if file.exists():
        return
    content = (
        "# Settings of Lingma Gateway. The README lists them all; names are in lower case here.\n"
        f"{VERSION_KEY} = {SETTINGS_FILE_VERSION}\n"
    )
    try:
        write_private(file, content.encode())
    except OSError as error:
        logger.warning("no settings file was written: %s", error)
