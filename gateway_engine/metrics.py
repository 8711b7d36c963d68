"""The engine's figures in Prometheus' text form, each engine's own.

Requests are counted from the events that tell of them; what the engine knows at any moment is asked
for when somebody scrapes. Nothing happens per token. No label holds what a client sent: protocols,
outcomes, directions, sources and instances are all named by us.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from gateway_engine.conversation import RequestId
from gateway_engine.engine_report import EngineStats
from gateway_engine.errors import GatewayError
from gateway_engine.events import (
    EngineEvent,
    InstanceState,
    RequestFinished,
    RequestRefused,
    RequestStarted,
)

CONTENT_TYPE: Final = CONTENT_TYPE_PLAIN_0_0_4
OK: Final = "ok"
OTHER: Final = "other"
CLIENT_GONE: Final = "client_gone"

REQUEST_BUCKETS_S: Final = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300, 600)
FIRST_TOKEN_BUCKETS_S: Final = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120)


class Metrics:
    """Give `take` every event; `render` gives the text. `stats` and `lag_s` are asked for then."""

    def __init__(self, stats: Callable[[], EngineStats], lag_s: Callable[[], float]) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._registry.register(_Present(stats, lag_s))
        self._protocols: dict[RequestId, str] = {}
        self._outcomes = frozenset({OK, CLIENT_GONE, *_codes(GatewayError)})
        self._requests = Counter(
            "gateway_requests_total",
            "Chat requests that have ended, by how.",
            ("protocol", "outcome"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "gateway_request_seconds",
            "From a chat request's arrival to its end.",
            buckets=REQUEST_BUCKETS_S,
            registry=self._registry,
        )
        self._first_token = Histogram(
            "gateway_first_token_seconds",
            "From a chat request's arrival to its first content.",
            buckets=FIRST_TOKEN_BUCKETS_S,
            registry=self._registry,
        )
        tokens = Counter(
            "gateway_tokens_total",
            "Tokens of chat requests that have ended.",
            ("direction",),
            registry=self._registry,
        )
        self._tokens_in, self._tokens_out = tokens.labels("in"), tokens.labels("out")
        calls = Counter(
            "gateway_tool_calls_total",
            "Tool calls that clients were given: read from the answer's text, or native.",
            ("source",),
            registry=self._registry,
        )
        self._text_calls, self._native_calls = calls.labels("text"), calls.labels("native")

    def take(self, event: EngineEvent) -> None:
        """Count one event."""
        if isinstance(event, RequestStarted):
            self._protocols[event.request_id] = event.protocol
        elif isinstance(event, RequestFinished):
            self._finished(event, self._protocols.pop(event.request_id, OTHER))
        elif isinstance(event, RequestRefused):
            self._ended(event.protocol, event.error_code, event.total_ms)

    def render(self) -> bytes:
        """The text, of CONTENT_TYPE."""
        return generate_latest(_WithoutCreated(self._registry))

    def _finished(self, event: RequestFinished, protocol: str) -> None:
        self._ended(protocol, event.error_code or OK, event.total_ms)
        if event.ttft_ms is not None:
            self._first_token.observe(event.ttft_ms / 1000)
        self._tokens_in.inc(event.tokens_in)
        self._tokens_out.inc(event.tokens_out)
        self._text_calls.inc(event.tool_calls - event.native_tool_calls)
        self._native_calls.inc(event.native_tool_calls)

    def _ended(self, protocol: str, outcome: str, total_ms: float) -> None:
        self._requests.labels(protocol, outcome if outcome in self._outcomes else OTHER).inc()
        self._seconds.observe(total_ms / 1000)


class _Present(Collector):
    """What is true at the moment of the scrape."""

    def __init__(self, stats: Callable[[], EngineStats], lag_s: Callable[[], float]) -> None:
        self._stats = stats
        self._lag_s = lag_s

    def collect(self) -> Iterator[Metric]:
        """All of it."""
        stats = self._stats()
        turns = stats.concurrency
        yield _gauge("gateway_in_flight", "Chat turns that run now.", turns.in_flight)
        yield _gauge("gateway_queued", "Chat turns that wait for their turn now.", turns.queued)
        yield _counter("gateway_accepted_total", "Chat turns that ran.", turns.accepted_total)
        yield _counter(
            "gateway_rejected_total",
            "Chat turns refused because the queue was full or the wait too long.",
            turns.rejected_total,
        )
        yield from _pool(stats)
        yield from _sessions(stats)
        yield _gauge(
            "gateway_parked_turns", "Turns that wait for a client's tool results.", stats.parked
        )
        yield _gauge(
            "gateway_loop_lag_seconds",
            "The longest that a timer waited for the event loop of late.",
            self._lag_s(),
        )


def _pool(stats: EngineStats) -> Iterator[Metric]:
    ready = GaugeMetricFamily(
        "gateway_pool_instance_ready", "1 when the instance can be asked, else 0.", labels=("name",)
    )
    in_flight = GaugeMetricFamily(
        "gateway_pool_instance_in_flight", "Turns the instance answers now.", labels=("name",)
    )
    restarts = CounterMetricFamily(
        "gateway_pool_instance_restarts_total", "Restarts of the instance.", labels=("name",)
    )
    for status in stats.pool:
        ready.add_metric((status.name,), float(status.state is InstanceState.READY))
        in_flight.add_metric((status.name,), status.in_flight)
        restarts.add_metric((status.name,), status.restarts)
    yield from (ready, in_flight, restarts)


def _sessions(stats: EngineStats) -> Iterator[Metric]:
    cache = stats.session_cache
    yield _gauge(
        "gateway_session_cache_size", "Sessions that can be gone on in.", cache.size if cache else 0
    )
    for name, about, count in (
        ("hit", "Turns that went on in a session.", cache.hits if cache else 0),
        ("miss", "Turns that opened a new session.", cache.misses if cache else 0),
        ("evict", "Sessions that gave way to others.", cache.evictions if cache else 0),
        ("expire", "Sessions that were kept for too long.", cache.expirations if cache else 0),
        (
            "invalidate",
            "Sessions whose instance restarted.",
            cache.invalidations if cache else 0,
        ),
    ):
        yield _counter(f"gateway_session_cache_{name}_total", about, count)


class _WithoutCreated(Collector):
    """A registry without the library's `_created` series: the contract names none of them."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry

    def collect(self) -> Iterable[Metric]:
        """What the registry has, made anew for each scrape."""
        for metric in self._registry.collect():
            metric.samples = [s for s in metric.samples if not s.name.endswith("_created")]
            yield metric


def _codes(kind: type[GatewayError]) -> Iterator[str]:
    yield kind.code
    for special in kind.__subclasses__():
        yield from _codes(special)


def _gauge(name: str, about: str, value: float) -> Metric:
    return GaugeMetricFamily(name, about, value=value)


def _counter(name: str, about: str, value: float) -> Metric:
    return CounterMetricFamily(name, about, value=value)
