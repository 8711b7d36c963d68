"""What was done to which client's settings: enough to take it back though the user edited since.

One 0600 file a client in the data folder: it holds the settings file as it was and as it became,
which may hold secrets of the user's. It is written before the settings file is touched and removed
after that is restored, so that a crash in between is a drift that undo can handle, never a change
that nobody knows of.
"""

import base64
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from gateway_engine import json_text
from gateway_engine.atomic_file import write_private
from gateway_engine.connect.splice import Before, Format, Leaf
from gateway_engine.splicing.edits import Item, Tree
from gateway_engine.splicing.edits import Path as KeyPath

VERSION: Final = 1


class JournalError(Exception):
    """The journal of a client cannot be read; the message names the file."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One client's settings file. `before` is None when there was none; `at` in seconds UTC;
    `folders` were not there before it, the innermost first; `seed`: what was put into a file that
    said nothing, so that ours could stand in it.
    """

    client: str
    path: Path
    form: Format
    at: float
    url: str
    before: bytes | None
    after: bytes
    leaves: tuple[Leaf, ...]
    made: tuple[KeyPath, ...]
    folders: tuple[Path, ...] = ()
    seed: str = ""


class Journal:
    """The entries, in `folder`. Every method may raise OSError, JournalError."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, client: str) -> Entry | None:
        """Return the entry of `client`, None when nothing was done."""
        file = self._file(client)
        try:
            return _entry(json_text.parse(file.read_bytes()))
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError) as error:
            raise JournalError(
                f"{file} cannot be read ({type(error).__name__}); undo the settings by hand,"
                " then remove it"
            ) from None

    def write(self, entry: Entry) -> None:
        """Replace the entry of its client."""
        write_private(self._file(entry.client), json_text.render(_document(entry)))

    def remove(self, client: str) -> None:
        """Forget what was done: it is undone."""
        self._file(client).unlink(missing_ok=True)

    def _file(self, client: str) -> Path:
        return self._folder / f"{client}.json"


def _document(entry: Entry) -> dict[str, Any]:
    return {
        "version": VERSION,
        "client": entry.client,
        "path": str(entry.path),
        "format": entry.form.value,
        "at": entry.at,
        "url": entry.url,
        "before": None if entry.before is None else base64.b64encode(entry.before).decode(),
        "after": base64.b64encode(entry.after).decode(),
        "leaves": [
            {
                "path": _steps(leaf.path),
                "ours": [_as_lists(tree) for tree in leaf.ours],
                "before": leaf.before.source,
            }
            for leaf in entry.leaves
        ],
        "made": [_steps(path) for path in entry.made],
        "folders": [str(folder) for folder in entry.folders],
        "seed": entry.seed,
    }


def _entry(value: dict[str, Any]) -> Entry:
    if value["version"] != VERSION:
        raise ValueError("another version")
    before = value["before"]
    found = []
    for leaf in value["leaves"]:
        path = _path(leaf["path"])
        ours = tuple(_as_tree(tree) for tree in leaf["ours"])
        found.append(Leaf(path, ours, Before(path, leaf["before"])))
    return Entry(
        client=str(value["client"]),
        path=Path(value["path"]),
        form=Format(value["format"]),
        at=float(value["at"]),
        url=str(value["url"]),
        before=None if before is None else base64.b64decode(before, validate=True),
        after=base64.b64decode(value["after"], validate=True),
        leaves=tuple(found),
        made=tuple(_path(steps) for steps in value["made"]),
        # Entries of earlier versions name none.
        folders=tuple(Path(folder) for folder in value.get("folders", [])),
        seed=str(value.get("seed", "")),
    )


def _steps(path: KeyPath) -> list[Any]:
    return [[step.key, step.value] if isinstance(step, Item) else step for step in path]


def _path(steps: list[Any]) -> KeyPath:
    return tuple(Item(*step) if isinstance(step, list) else str(step) for step in steps)


def _as_lists(tree: Tree) -> list[Any]:
    return [_as_lists(part) if isinstance(part, tuple) else part for part in tree]


def _as_tree(value: list[Any]) -> Tree:
    return tuple(_as_tree(part) if isinstance(part, list) else part for part in value)
