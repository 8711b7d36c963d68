"""What a killed program leaves beside a file."""

import os
import time
from pathlib import Path

from gateway_engine.atomic_file import LEFT_BEHIND_S, UNFINISHED, begin_beside, write_private


def age(file: Path, seconds: float) -> None:
    then = time.time() - seconds
    os.utime(file, (then, then))


def test_what_a_killed_program_left_goes_with_the_next_write(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    handle, left = begin_beside(file)
    os.close(handle)
    age(left, LEFT_BEHIND_S + 60)
    write_private(file, b"new")
    assert [each.name for each in tmp_path.iterdir()] == ["config.toml"]


def test_what_may_be_under_way_and_what_is_others_stays(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    handle, under_way = begin_beside(file)
    os.close(handle)
    others = [
        tmp_path / f".config.toml.original{UNFINISHED}.txt",
        tmp_path / ".config.toml.original",
        tmp_path / f".keys.toml.abcdefgh{UNFINISHED}",
        tmp_path / f".config.toml.ABCDEFGH{UNFINISHED}",
    ]
    for other in others:
        other.touch()
        age(other, 10 * LEFT_BEHIND_S)
    write_private(file, b"new")
    assert set(tmp_path.iterdir()) == {file, under_way, *others}


def test_what_cannot_be_removed_stands_in_nobodys_way(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    folder = tmp_path / f".config.toml.abcdefgh{UNFINISHED}"
    folder.mkdir()
    age(folder, 10 * LEFT_BEHIND_S)
    write_private(file, b"new")
    assert file.read_bytes() == b"new"
    assert folder.is_dir()
