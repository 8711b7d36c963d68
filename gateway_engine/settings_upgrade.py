"""Settings files of older versions, brought to the present one. Pure.

Each step takes the text of one version and returns that of the next: by splicing, so that comments
and order stay. A step that was released never changes.
"""

import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from gateway_engine.splicing import toml_text

VERSION_KEY: Final = "version"
Step = Callable[[str], str]
STEPS: Final[tuple[Step, ...]] = ()
"""From version 1 to 2, from 2 to 3, …: none has been needed yet."""
SETTINGS_FILE_VERSION: Final = 1 + len(STEPS)


class NewerTextError(ValueError):
    """The text is of a version that this program does not know."""

    def __init__(self, found: int, known: int) -> None:
        super().__init__(f"{VERSION_KEY} is {found}, known are those up to {known}")
        self.found = found
        self.known = known


@dataclass(frozen=True, slots=True)
class Upgraded:
    """The text as the present version writes it; `found` is the version it had."""

    text: str
    found: int
    version: int

    @property
    def is_new(self) -> bool:
        """Whether it had to be changed."""
        return self.found != self.version


def upgraded(text: str, steps: Sequence[Step] | None = None) -> Upgraded:
    """Bring `text` to the present version, by STEPS. Raises NewerTextError, ValueError for what is
    no TOML or has no sensible version.
    """
    steps = STEPS if steps is None else steps
    known = 1 + len(steps)
    try:
        found = tomllib.loads(text.removeprefix("\ufeff")).get(VERSION_KEY, 1)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    if not isinstance(found, int) or isinstance(found, bool) or found < 1:
        raise ValueError(f"{VERSION_KEY} must be a whole number from 1")
    if found > known:
        raise NewerTextError(found, known)
    for step in steps[found - 1 :]:
        text = step(text)
    if found != known:
        text = toml_text.put(text, (VERSION_KEY,), known)
    return Upgraded(text, found, known)
