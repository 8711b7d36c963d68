"""Files the desktop shows: icons, style sheets, translations. Only opens them."""

from pathlib import Path

_ROOT = Path(__file__).resolve().parent


def path(*parts: str) -> Path:
    """Path of a resource, for libraries that open files themselves."""
    return _ROOT.joinpath(*parts)


def text(*parts: str) -> str:
    """A resource as text."""
    return path(*parts).read_text(encoding="utf-8")


def document(name: str) -> str:
    """A document of the project (LICENSE …) as text, "" when it was not shipped.

    An installation carries them here; in the source tree they lie one folder up.
    """
    for folder in (_ROOT / "documents", _ROOT.parent):
        file = folder / name
        if file.is_file():
            return file.read_text(encoding="utf-8")
    return ""
