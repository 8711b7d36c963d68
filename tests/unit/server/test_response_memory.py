"""The bounded store of responses."""

from gateway_engine.server.response_memory import MemoryResponseStore


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


async def test_entries_belong_to_their_key() -> None:
    store = MemoryResponseStore(clock=Clock())
    await store.put("a", "r", b"1")
    assert await store.get("a", "r") == b"1"
    assert await store.get("b", "r") is None
    assert not await store.delete("b", "r")
    assert await store.delete("a", "r")
    assert not await store.delete("a", "r")


async def test_what_is_not_used_grows_old() -> None:
    clock = Clock()
    store = MemoryResponseStore(clock=clock, max_age_s=10)
    await store.put("", "used", b"1")
    await store.put("", "idle", b"2")
    clock.now = 8
    assert await store.get("", "used") == b"1"
    clock.now = 15
    assert await store.get("", "used") == b"1"
    assert await store.get("", "idle") is None
    clock.now = 30
    assert not await store.delete("", "used")


async def test_the_oldest_makes_room() -> None:
    store = MemoryResponseStore(clock=Clock(), max_entries=2, max_bytes=10)
    await store.put("", "a", b"1234")
    await store.put("", "b", b"1234")
    assert await store.get("", "a")
    await store.put("", "c", b"12")
    assert await store.get("", "b") is None
    await store.put("", "c", b"1234567890")
    assert await store.get("", "a") is None
    assert await store.get("", "c") == b"1234567890"
    await store.put("", "huge", b"12345678901")
    assert await store.get("", "huge") is None
    assert await store.get("", "c")
