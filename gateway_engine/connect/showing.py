"""What is shown of a settings file: differences without any secret. Pure."""

import difflib
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

SHOWN_FOR_SECRET: Final = "***"  # noqa: S105 - stands in the place of one

_SECRET_LINE: Final = re.compile(
    r"""((?:[\w-]*(?:api[_-]?key|token(?!s)|secret|passw|bearer)[\w-]*)["']?\s*[:=]\s*["']?)"""
    r"""(?!(?-i:[A-Z][A-Z0-9_]*)\b)([^"',\s{}\[\]]{6,})""",
    re.IGNORECASE,
)
"""A line that may hold a secret; the name of a variable is none."""


def secrets_in(text: str) -> set[str]:
    """Whatever in `text` may be a secret."""
    return {found[2] for found in _SECRET_LINE.finditer(text)}


def masked_diff(
    before: str, after: str, path: Path, secrets: Iterable[str], *, gone: bool = False
) -> str:
    """Return the unified difference, "" for none; `gone`: the file is removed."""
    lines = difflib.unified_diff(
        before.splitlines(),
        after.splitlines(),
        str(path),
        "(removed)" if gone else str(path),
        lineterm="",
    )
    shown = "\n".join(lines)
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= len(SHOWN_FOR_SECRET) + 3:
            shown = shown.replace(secret, SHOWN_FOR_SECRET)
    return _SECRET_LINE.sub(lambda m: m[1] + SHOWN_FOR_SECRET, shown) if shown else ""
