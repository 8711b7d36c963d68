"""`lingma-gateway serve` with a window into its loop, for what cannot be seen from outside.

    python -m tests.bench.observed_serve [--profile FILE] [--uvloop] -- serve …

After the `ready` line each line on stdin is a question, each answer one line of JSON on stdout:
`tasks` → how many asyncio tasks there are; `stall` → the longest that the loop kept a timer of
`TICK_S` waiting since the last such question, in ms. The gateway itself knows nothing of this.
"""

import asyncio
import cProfile
import json
import sys
import threading
from collections.abc import Callable
from typing import Any, Final

from gateway_engine.cli.main import main as gateway

TICK_S: Final = 0.002


class Window:
    """Answers questions about one loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._worst_s = 0.0
        self._ticking = False

    def listen(self) -> None:
        """Pass on questions from stdin, in a thread, until it closes."""
        for line in sys.stdin:
            if self._loop.is_closed():
                return
            self._loop.call_soon_threadsafe(self._answer, line.strip())

    def _answer(self, question: str) -> None:
        if question == "tasks":
            answer: dict[str, Any] = {"tasks": len(asyncio.all_tasks(self._loop))}
        else:
            answer = {"stall_ms": self._worst_s * 1000}
            self._worst_s = 0.0
            if not self._ticking:
                self._ticking = True
                self._tick(self._loop.time())
        print(json.dumps(answer), flush=True)

    def _tick(self, due: float) -> None:
        now = self._loop.time()
        self._worst_s = max(self._worst_s, now - due)
        self._loop.call_at(now + TICK_S, self._tick, now + TICK_S)


def watched(make: Callable[[], asyncio.AbstractEventLoop]) -> Callable[[], Any]:
    """Wrap a maker of loops: each gets a window."""

    def new_loop() -> asyncio.AbstractEventLoop:
        loop = make()
        threading.Thread(target=Window(loop).listen, name="window", daemon=True).start()
        return loop

    return new_loop


def main(argv: list[str]) -> int:
    own, rest = argv[: argv.index("--")], argv[argv.index("--") + 1 :]
    if "--uvloop" in own:
        import uvloop  # type: ignore[import-not-found, unused-ignore]

        asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    policy = asyncio.get_event_loop_policy()
    policy.new_event_loop = watched(policy.new_event_loop)  # type: ignore[method-assign]
    if "--profile" not in own:
        return gateway(rest)
    profile = cProfile.Profile()
    try:
        return profile.runcall(gateway, rest)
    finally:
        profile.dump_stats(own[own.index("--profile") + 1])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
