"""Further kinds of upstream, which tests put beside those there are."""

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gateway_engine import upstreams

FOLDER = Path(__file__).parent / "memory"


@contextmanager
def memory_kind(home: Path) -> Iterator[None]:
    """The kind `memory` is there within the block: its folder lies on the package's path."""
    shutil.copytree(FOLDER, home / "more" / "memory")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(upstreams, "__path__", [*upstreams.__path__, str(home / "more")])
        yield
    name = f"{upstreams.__name__}.memory"
    for module in [module for module in sys.modules if module.startswith(name)]:
        del sys.modules[module]
    vars(upstreams).pop("memory", None)
