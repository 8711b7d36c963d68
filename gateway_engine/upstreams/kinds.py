"""The kinds of upstream there are: every folder of this package whose module `kind` has a `KIND`.

Nobody lists them anywhere else. A kind is one more folder (docs/adr/0015); what it says of itself
is a gateway_engine.upstreams.kind.Kind. Read when they are first asked for: their modules know the
settings, which ask here in turn.
"""

import importlib
import importlib.util
import pkgutil
import sys
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from gateway_engine.upstreams.kind import Kind

PACKAGE: Final = __name__.rpartition(".")[0]
DEFAULT_KIND: Final = "lingma"
"""What an instance is whose settings name no kind, and what runs when there are no settings."""


def known_kinds() -> "Mapping[str, Kind]":
    """Every kind by its name: the default first, the others in the order of their names."""
    return _found(tuple(sys.modules[PACKAGE].__path__))


def default_kind() -> "Kind":
    """The kind named DEFAULT_KIND."""
    return known_kinds()[DEFAULT_KIND]


def programs_on_path(search_path: str | None) -> tuple[tuple[str, str, str], ...]:
    """The programs on a PATH that some kind knows by name: name, title, file."""
    return tuple(each for kind in known_kinds().values() for each in kind.on_path(search_path))


@lru_cache(maxsize=8)
def _found(path: tuple[str, ...]) -> "Mapping[str, Kind]":
    found: list[Kind] = []
    for folder in pkgutil.iter_modules(path):
        module = f"{PACKAGE}.{folder.name}.kind"
        if folder.ispkg and importlib.util.find_spec(module) is not None:
            found.append(importlib.import_module(module).KIND)
    found.sort(key=lambda kind: (kind.name != DEFAULT_KIND, kind.name))
    return {kind.name: kind for kind in found}
