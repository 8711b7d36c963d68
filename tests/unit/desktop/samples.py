"""Engine events and states the desktop's tests start from."""

from gateway_engine.public import (
    InstanceChanged,
    InstanceName,
    InstanceState,
    InstanceStatus,
    ListenerFailed,
    ListenerStarted,
    ModelId,
    RequestFinished,
    RequestId,
    RequestStarted,
)

NOON = 1_780_000_000.0
URL = "http://127.0.0.1:8317"


def status(
    name: str = "inst-0",
    state: InstanceState = InstanceState.READY,
    *,
    kind: str = "lingma",
    since: float = NOON,
    last_error: str = "",
    in_flight: int = 0,
) -> InstanceStatus:
    return InstanceStatus(
        name=InstanceName(name),
        kind=kind,
        state=state,
        since=since,
        logged_in=state is InstanceState.READY,
        account="someone@example.com" if state is InstanceState.READY else "",
        in_flight=in_flight,
        last_error=last_error,
        last_error_message="English detail." if last_error else "",
        models=(ModelId("kmodel"), ModelId("org_auto")),
    )


def changed(state: InstanceState = InstanceState.READY, name: str = "inst-0") -> InstanceChanged:
    return InstanceChanged(status(name, state))


def listening(url: str = URL) -> ListenerStarted:
    return ListenerStarted(url, NOON)


def port_taken(port: int = 8317) -> ListenerFailed:
    return ListenerFailed("127.0.0.1", port, "address_in_use", "English detail.", NOON)


def started(request_id: str, at: float = NOON) -> RequestStarted:
    return RequestStarted(
        RequestId(request_id), at, "openai_chat", "/v1/chat/completions", "curl", "kmodel", True
    )


def finished(
    request_id: str, error_code: str = "", *, status: int = 200, at: float = NOON
) -> RequestFinished:
    return RequestFinished(
        RequestId(request_id), at, status, error_code, "English detail.", 10.0, 20.0, 3, 4
    )
