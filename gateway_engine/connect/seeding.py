"""What a client's file needs before ours can stand in it: its seed, in a file that says nothing.

A client that refuses a file without a head (Continue wants `name` and `version`) gets one of ours
where its user has none. It goes with the rest, unless the user has written something into the file
since: that needs a head as well. Pure.
"""

import contextlib
from dataclasses import dataclass
from typing import Final

from gateway_engine.connect.splice import Format, drop, load
from gateway_engine.splicing.edits import RefusedEditError, Tree

SAYS_NOTHING: Final[tuple[Tree, ...]] = (("map", ()), ("NoneType", "None"))


@dataclass(frozen=True, slots=True)
class Seeded:
    """`seed` is what was added to `text`, "" where nothing was."""

    text: str
    seed: str


def seeded(text: str | None, form: Format, seed: str) -> Seeded:
    """Return `text` (None: there is no file) with `seed`, if it says nothing.

    Raises RefusedEditError.
    """
    if text is None:
        return Seeded(seed, seed)
    if not seed or load(text, form) not in SAYS_NOTHING:
        return Seeded(text, "")
    end = "\r\n" if "\r\n" in text else "\n"
    between = end if text.strip("\ufeff") and not text.endswith("\n") else ""
    grown = text + between + seed.replace("\n", end)
    with contextlib.suppress(RefusedEditError):
        if load(grown, form) == load(seed, form):
            return Seeded(grown, seed)
    return Seeded(text, "")


def unseeded(text: str, form: Format, seed: str) -> str:
    """Return `text` without what is left of `seed` in it, if it says nothing else.

    Raises RefusedEditError.
    """
    if not seed or load(text, form) != load(seed, form):
        return text
    bare = drop(text, form, [(key,) for key, _value in load(seed, form)[1]])
    return bare if load(bare, form) in SAYS_NOTHING else text
