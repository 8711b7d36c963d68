"""One request as it is remembered, in frozen values. Pure.

Times are seconds since the epoch, durations milliseconds.
"""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Summary:
    """One line of the history. `error_code` is "" for a good answer; `ttft_ms` is None when the
    client was sent no content; `session` is hit, miss, off or ""; `tools` counts declared tools.
    """

    id: str
    started_at: float
    protocol: str
    path: str
    client: str = ""
    model_asked: str = ""
    model_used: str = ""
    instance: str = ""
    session: str = ""
    status: int = 0
    error_code: str = ""
    ttft_ms: float | None = None
    total_ms: float = 0.0
    tokens_in: int = 0
    tokens_out: int = 0
    stream: bool = False
    tools: int = 0


def summary_json(summary: Summary) -> dict[str, Any]:
    """Return the line as the internal routes show it."""
    return asdict(summary)
