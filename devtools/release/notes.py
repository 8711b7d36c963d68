"""The notes of one release, out of CHANGELOG.md: `python -m devtools.release.notes VERSION`.

Refuses a version that the code does not say, or that the changelog does not tell of.
"""

from __future__ import annotations

import re
import sys

from devtools.environment import project
from devtools.terminal import ROOT, RefusedError


def notes_of(version: str, changelog: str) -> str:
    """The section of `version`, without its heading."""
    head = re.compile(rf"^## \[{re.escape(version)}\].*$", re.MULTILINE)
    found = head.search(changelog)
    if not found:
        raise RefusedError(f"CHANGELOG.md has no section [{version}]")
    rest = changelog[found.end() :]
    following = re.search(r"^## \[", rest, re.MULTILINE)
    text = (rest[: following.start()] if following else rest).strip()
    if not text:
        raise RefusedError(f"CHANGELOG.md says nothing of [{version}]")
    return text + "\n"


def main() -> int:
    """Print the notes of the version that is given."""
    version = sys.argv[1]
    try:
        if version != project()[1]:
            raise RefusedError(f"gateway_engine/version.py says {project()[1]}, not {version}")
        sys.stdout.write(notes_of(version, (ROOT / "CHANGELOG.md").read_text("utf-8")))
    except RefusedError as refused:
        sys.stderr.write(f"{refused}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
