"""Who has signed out, over restarts."""

from pathlib import Path

import pytest

from gateway_engine.accounts.signed_out import FILE, SignedOut
from gateway_engine.conversation import InstanceName

ONE, TWO = InstanceName("inst-0"), InstanceName("inst-1")


def test_there_and_gone(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    SignedOut(folder).remove(ONE)
    assert not folder.exists()
    SignedOut(folder).add(ONE)
    SignedOut(folder).add(TWO)
    assert SignedOut(folder).names() == {ONE, TWO}
    SignedOut(folder).remove(ONE)
    assert SignedOut(folder).names() == {TWO}


@pytest.mark.parametrize("content", [b"", b"junk", b"{}", b'"x"'])
def test_a_list_that_is_damaged(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    book = SignedOut(tmp_path)
    assert book.names() == frozenset()
    book.add(ONE)
    assert book.names() == {ONE}
