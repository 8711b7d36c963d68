"""What is measured: the shapes of requests, and their bodies."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

PATHS: Final = {"openai": "/v1/chat/completions", "anthropic": "/v1/messages"}


@dataclass(frozen=True, slots=True)
class Scenario:
    """`requests` in one round over `concurrency` connections; `pace_us` 0 is a burst."""

    name: str
    protocol: str
    concurrency: int
    requests: int
    stream: bool = False
    chunks: int = 1
    chunk_chars: int = 6
    prompt_chars: int = 20
    pace_us: int = 0

    @property
    def title(self) -> str:
        """Its name in tables."""
        return f"{self.name} {self.protocol} x{self.concurrency}"

    def job(self, port: int, requests: int | None = None) -> dict[str, Any]:
        """What the load client is told."""
        return {
            "port": port,
            "path": PATHS[self.protocol],
            "body": self.body(),
            "stream": self.stream,
            "requests": requests or self.requests,
            "concurrency": min(self.concurrency, requests or self.requests),
        }

    def body(self) -> str:
        """The request's JSON; the fast upstream reads what is wanted from the prompt."""
        prompt = f"bench:{self.chunks}:{self.chunk_chars}:{self.pace_us} "
        prompt += "lorem ipsum\n"[: self.prompt_chars] * (self.prompt_chars // 12)
        fields: dict[str, Any] = {
            "stream": self.stream,
            "model": "bench-model",
            "messages": [{"role": "user", "content": prompt}],
        }
        if self.protocol == "anthropic":
            fields["max_tokens"] = 100_000
        return json.dumps(fields, separators=(",", ":"))


def scenarios(share: float) -> Iterator[Scenario]:
    """All of them, with `share` of the requests of a full run."""

    def count(full: int, concurrency: int) -> int:
        return max(concurrency * 2, round(full * share)) if concurrency > 1 else round(full * share)

    for protocol in PATHS:
        for at_once, scale in ((1, 1), (32, 4)):
            yield Scenario("small", protocol, at_once, count(160 * scale, at_once))
            yield Scenario(
                "200 chunks, burst",
                protocol,
                at_once,
                count(80 * scale, at_once),
                stream=True,
                chunks=200,
            )
            yield Scenario(
                "200 KB prompt",
                protocol,
                at_once,
                count(60 * scale, at_once),
                prompt_chars=200_000,
            )
        yield Scenario(
            "200 chunks, 1 ms", protocol, 1, count(5, 1), stream=True, chunks=200, pace_us=1000
        )
        yield Scenario(
            "200 chunks, 5 ms", protocol, 32, count(32, 32), stream=True, chunks=200, pace_us=5000
        )
