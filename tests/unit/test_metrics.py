"""Every name and label of the contract, counted from events, and nothing of a client's in them."""

import sys
from typing import Any

from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families

from gateway_engine import errors
from gateway_engine.backpressure import BackPressureStats
from gateway_engine.conversation import InstanceName, RequestId
from gateway_engine.engine_report import EngineStats
from gateway_engine.events import (
    InstanceState,
    InstanceStatus,
    RequestFinished,
    RequestProgressed,
    RequestRefused,
    RequestStarted,
)
from gateway_engine.metrics import Metrics
from gateway_engine.sessions.cache import SessionCacheStats

POOL = (
    InstanceStatus(InstanceName("inst-0"), "lingma", InstanceState.READY, 1.0, in_flight=3),
    InstanceStatus(InstanceName("inst-1"), "lingma", InstanceState.FAILED, 1.0, restarts=4),
)
STATS = EngineStats(
    requests=9,
    concurrency=BackPressureStats(3, 5, 20, 2, 4),
    pool=POOL,
    session_cache=SessionCacheStats(6, 256, 1800.0, 10, 11, 12, 13, 14),
    parked=2,
)

CONTRACT = {
    "gateway_in_flight": [{}],
    "gateway_queued": [{}],
    "gateway_accepted_total": [{}],
    "gateway_rejected_total": [{}],
    "gateway_requests_total": [{"protocol": "openai_chat", "outcome": "ok"}],
    "gateway_request_seconds_count": [{}],
    "gateway_first_token_seconds_count": [{}],
    "gateway_tokens_total": [{"direction": "in"}, {"direction": "out"}],
    "gateway_pool_instance_ready": [{"name": "inst-0"}, {"name": "inst-1"}],
    "gateway_pool_instance_in_flight": [{"name": "inst-0"}, {"name": "inst-1"}],
    "gateway_pool_instance_restarts_total": [{"name": "inst-0"}, {"name": "inst-1"}],
    "gateway_session_cache_size": [{}],
    "gateway_session_cache_hit_total": [{}],
    "gateway_session_cache_miss_total": [{}],
    "gateway_session_cache_evict_total": [{}],
    "gateway_session_cache_expire_total": [{}],
    "gateway_session_cache_invalidate_total": [{}],
    "gateway_tool_calls_total": [{"source": "text"}, {"source": "native"}],
    "gateway_parked_turns": [{}],
    "gateway_loop_lag_seconds": [{}],
}


def metrics(stats: EngineStats = STATS) -> Metrics:
    return Metrics(lambda: stats, lambda: 0.125)


def samples(engine: Metrics) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    text = engine.render().decode()
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def value(engine: Metrics, name: str, /, **labels: str) -> float:
    return samples(engine)[name, tuple(sorted(labels.items()))]


def answer(engine: Metrics, name: str = "r", protocol: str = "openai_chat", **fields: Any) -> None:
    request_id = RequestId(name)
    engine.take(RequestStarted(request_id, 1.0, protocol, "/v1/x", "curl", "any", stream=True))
    engine.take(RequestProgressed(request_id, 5))
    chosen = {
        "status": 200,
        "error_code": "",
        "error_message": "",
        "ttft_ms": 300.0,
        "total_ms": 1500.0,
        "tokens_in": 10,
        "tokens_out": 4,
        **fields,
    }
    engine.take(RequestFinished(request_id, 2.0, **chosen))


def test_the_names_and_labels_are_those_of_the_contract() -> None:
    engine = metrics()
    answer(engine)
    found: dict[str, list[dict[str, str]]] = {}
    for name, labels in samples(engine):
        if name.startswith("gateway_") and not name.endswith(("_bucket", "_sum")):
            found.setdefault(name, []).append(dict(labels))
    assert found == CONTRACT
    if sys.platform == "linux":
        assert value(engine, "process_resident_memory_bytes") > 0
        assert value(engine, "process_cpu_seconds_total") > 0


def test_what_the_engine_knows_is_asked_for_at_the_scrape() -> None:
    engine = metrics()
    for name, wanted in (
        ("in_flight", 3),
        ("queued", 5),
        ("accepted_total", 20),
        ("rejected_total", 2),
        ("session_cache_size", 6),
        ("session_cache_hit_total", 10),
        ("session_cache_miss_total", 11),
        ("session_cache_evict_total", 12),
        ("session_cache_expire_total", 13),
        ("session_cache_invalidate_total", 14),
        ("parked_turns", 2),
        ("loop_lag_seconds", 0.125),
    ):
        assert value(engine, f"gateway_{name}") == wanted
    assert value(engine, "gateway_pool_instance_ready", name="inst-0") == 1
    assert value(engine, "gateway_pool_instance_ready", name="inst-1") == 0
    assert value(engine, "gateway_pool_instance_in_flight", name="inst-0") == 3
    assert value(engine, "gateway_pool_instance_restarts_total", name="inst-1") == 4


def test_requests_are_counted_by_protocol_and_outcome() -> None:
    engine = metrics()
    answer(engine, tool_calls=3, native_tool_calls=1)
    answer(engine, protocol="anthropic_messages", ttft_ms=None, error_code="busy", status=429)
    answer(engine, error_code="client_gone", status=499)

    def count(protocol: str, outcome: str) -> float:
        return value(engine, "gateway_requests_total", protocol=protocol, outcome=outcome)

    assert count(protocol="openai_chat", outcome="ok") == 1
    assert count(protocol="anthropic_messages", outcome="busy") == 1
    assert count(protocol="openai_chat", outcome="client_gone") == 1
    assert value(engine, "gateway_request_seconds_count") == 3
    assert value(engine, "gateway_request_seconds_sum") == 4.5
    assert value(engine, "gateway_first_token_seconds_count") == 2
    assert value(engine, "gateway_tokens_total", direction="in") == 30
    assert value(engine, "gateway_tokens_total", direction="out") == 12
    assert value(engine, "gateway_tool_calls_total", source="text") == 2
    assert value(engine, "gateway_tool_calls_total", source="native") == 1


def test_what_was_refused_before_it_started_is_counted_too() -> None:
    engine = metrics()
    answer(engine)
    engine.take(RequestRefused(RequestId("x"), "openai_chat", "invalid_request", 4.0))
    engine.take(RequestRefused(RequestId("y"), "ollama", "invalid_api_key", 1.0))
    counted = {
        tuple(dict(labels).values()): count
        for (name, labels), count in samples(engine).items()
        if name == "gateway_requests_total"
    }
    assert counted == {
        ("ok", "openai_chat"): 1,
        ("invalid_request", "openai_chat"): 1,
        ("invalid_api_key", "ollama"): 1,
    }
    assert value(engine, "gateway_request_seconds_count") == 3
    assert value(engine, "gateway_first_token_seconds_count") == 1


def test_the_labels_are_bounded_and_never_a_clients() -> None:
    engine = metrics()
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    every = [kind.code for kind in kinds if issubclass(kind, errors.GatewayError)]
    for number, code in enumerate([*every, "from-a-client-1", "from-a-client-2"]):
        answer(engine, f"r{number}", error_code=code, status=500)
    outcomes = {
        dict(labels)["outcome"] for name, labels in samples(engine) if "requests_total" in name
    }
    assert outcomes == {*every, "other"}
    assert b"from-a-client" not in engine.render()


def test_each_engine_has_its_own_and_the_librarys_global_ones_none() -> None:
    one, two = metrics(), metrics()
    answer(one)
    assert value(one, "gateway_request_seconds_count") == 1
    assert value(two, "gateway_request_seconds_count") == 0
    assert not [family.name for family in REGISTRY.collect() if "gateway" in family.name]


def test_without_sessions_the_figures_are_zero() -> None:
    off = EngineStats(0, STATS.concurrency, (), None)
    assert value(metrics(off), "gateway_session_cache_size") == 0
    assert value(metrics(off), "gateway_session_cache_hit_total") == 0
