"""What is shown of a settings file: differences without any secret. Pure."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from gateway_engine.splicing.line_blocks import Block, changed_blocks

SHOWN_FOR_SECRET: Final = "***"  # noqa: S105 - stands in the place of one

CONTEXT_LINES: Final = 3

_SECRET_LINE: Final = re.compile(
    # From the beginning of a word and not far: a long run of letters must not be tried from each.
    r"""((?<![\w-])[\w-]{0,80}?(?:api[_-]?key|token(?!s)|secret|passw|bearer)[\w-]{0,80}"""
    r"""["']?\s{0,80}[:=]\s{0,80}["']?)"""
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
    shown = "\n".join(_unified(before.splitlines(), after.splitlines(), path, gone=gone))
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= len(SHOWN_FOR_SECRET) + 3:
            shown = shown.replace(secret, SHOWN_FOR_SECRET)
    return _SECRET_LINE.sub(lambda m: m[1] + SHOWN_FOR_SECRET, shown) if shown else ""


def _unified(old: list[str], new: list[str], path: Path, *, gone: bool) -> Iterator[str]:
    """The lines that `diff -u` would write."""
    groups: list[list[Block]] = []
    for block in changed_blocks(old, new):
        if groups and block[0] - groups[-1][-1][1] <= 2 * CONTEXT_LINES:
            groups[-1].append(block)
        else:
            groups.append([block])
    if groups:
        yield f"--- {path}"
        yield "+++ (removed)" if gone else f"+++ {path}"
    for group in groups:
        lead = min(CONTEXT_LINES, group[0][0])
        trail = min(CONTEXT_LINES, len(old) - group[-1][1])
        start, end = group[0][0] - lead, group[-1][1] + trail
        new_start, new_end = group[0][2] - lead, group[-1][3] + trail
        yield f"@@ -{_range(start, end)} +{_range(new_start, new_end)} @@"
        for a, a_end, b, b_end in group:
            yield from (f" {line}" for line in old[start:a])
            yield from (f"-{line}" for line in old[a:a_end])
            yield from (f"+{line}" for line in new[b:b_end])
            start = a_end
        yield from (f" {line}" for line in old[start:end])


def _range(start: int, end: int) -> str:
    length = end - start
    return str(start + 1) if length == 1 else f"{start + bool(length)},{length}"
