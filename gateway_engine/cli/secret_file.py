"""A secret for a command: the first line of a file, never an argument that all may read."""

from pathlib import Path

from gateway_engine.config import SettingsError


def first_line(file: Path | None, option: str) -> str:
    """The secret, "" when no file was named. Raises SettingsError."""
    if file is None:
        return ""
    try:
        lines = file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{option} {file} cannot be read: {error}") from None
    if not lines or not lines[0]:
        raise SettingsError(f"{option} {file} is empty")
    return lines[0]
