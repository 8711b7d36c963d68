"""The end of a text file."""

from pathlib import Path

import pytest

from gateway_engine.file_tail import tail_lines


@pytest.mark.parametrize(
    ("most_bytes", "lines"),
    [(100, ["one", "two", "thrée"]), (10, ["thrée"]), (15, ["one", "two", "thrée"]), (3, [])],
)
def test_only_whole_lines_of_the_end(tmp_path: Path, most_bytes: int, lines: list[str]) -> None:
    file = tmp_path / "log"
    file.write_bytes("one\ntwo\nthrée\n".encode())
    assert tail_lines(file, most_bytes) == lines


def test_a_file_that_is_not_there_has_no_lines(tmp_path: Path) -> None:
    assert tail_lines(tmp_path / "none", 100) == []
