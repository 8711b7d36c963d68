"""Files the desktop shows: icons, style sheets, translations. Only opens them."""

from pathlib import Path

_ROOT = Path(__file__).resolve().parent


def path(*parts: str) -> Path:
    """Path of a resource, for libraries that open files themselves."""
    return _ROOT.joinpath(*parts)


def text(*parts: str) -> str:
    """A resource as text."""
    return path(*parts).read_text(encoding="utf-8")
