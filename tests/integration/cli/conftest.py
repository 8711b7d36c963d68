"""What holds for tests of the command line: one process to fork serves them all."""

from collections.abc import Iterator

import pytest

from tests.integration.cli import forked


@pytest.fixture(scope="package", autouse=True)
def process_to_fork() -> Iterator[None]:
    """Commands that end by themselves are forks of it."""
    with forked.served():
        yield
