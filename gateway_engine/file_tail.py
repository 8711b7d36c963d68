"""The end of a text file, however large the file is."""

import os
from pathlib import Path


def tail_lines(file: Path, most_bytes: int) -> list[str]:
    """The whole lines within its last `most_bytes`; none when it cannot be read. Blocks."""
    try:
        with file.open("rb") as stream:
            size = stream.seek(0, os.SEEK_END)
            stream.seek(max(0, size - most_bytes))
            data = stream.read(most_bytes)
    except OSError:
        return []
    lines = data.decode("utf-8", "replace").splitlines()
    return lines[1:] if size > most_bytes else lines  # the first one is cut
