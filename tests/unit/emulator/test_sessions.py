"""What sessions remember, where, and how it is forgotten."""

from pathlib import Path

from gateway_engine.emulator.sessions import MAX_SESSIONS, SessionStore


def test_turns_are_remembered(tmp_path: Path) -> None:
    store = SessionStore(tmp_path)
    session = store.open("s-1", continued=False)
    session.remember("User: hello", "hi there")
    store.save(session)
    assert store.open("s-1", continued=True).memories() == ["user: hello -> assistant: hi there"]
    assert store.open("s-1", continued=False).memories() == []


def test_the_disk_remembers_for_the_next_process(tmp_path: Path) -> None:
    first = SessionStore(tmp_path)
    session = first.open("s-1", continued=False)
    session.remember("```action", "x")
    first.save(session)
    later = SessionStore(tmp_path).open("s-1", continued=True)
    assert later.teaches_tools
    assert later.tokens == session.tokens > 0


def test_deleting_leaves_nothing(tmp_path: Path) -> None:
    store = SessionStore(tmp_path)
    session = store.open("../../etc/passwd", continued=False)
    session.remember("secret", "x")
    store.save(session)
    assert len(list(tmp_path.iterdir())) == 1
    assert store.delete("../../etc/passwd")
    assert not list(tmp_path.iterdir())
    assert not store.delete("../../etc/passwd")


def test_memory_is_bounded(tmp_path: Path) -> None:
    store = SessionStore(tmp_path)
    for number in range(MAX_SESSIONS + 5):
        store.open(f"s-{number}", continued=False).remember("a", "b")
    assert store.open("s-0", continued=True).memories() == []
    assert store.open(f"s-{MAX_SESSIONS + 4}", continued=True).memories() != []
