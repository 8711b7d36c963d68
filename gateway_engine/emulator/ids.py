"""Ids, nonces and fake tokens: random, or repeatable when a seed is given."""

from __future__ import annotations

import random
import uuid


class Ids:
    """A source of unique names; two sources with the same seed give the same sequence.

    Nothing here guards anything real, so the generator need not be a cryptographic one.
    """

    def __init__(self, seed: str) -> None:
        self._random = random.Random(seed) if seed else random.Random()

    def uuid(self) -> str:
        """A random UUID in its usual spelling."""
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))

    def token(self, prefix: str) -> str:
        """Something that looks like a secret and is recognisable in a leak."""
        return f"{prefix}-{self._random.getrandbits(160):040x}"
