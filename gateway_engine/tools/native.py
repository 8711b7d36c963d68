r"""Native tool calls: what upstream's `tool/…` events say, in whatever spelling. Pure.

The call's fields come at the top level or in one of several places, under several names; events
repeat themselves, leave fields out and bring placeholders. Here they become one `NativeCall` for
each id and a few events that each come once.

One call's states; a status never goes back, and nothing follows an end::

    INIT -> PENDING -> RUNNING -> FINISHED
      \________\__________\-----> ERROR, CANCELLED

`NativeCallSeen` comes first, when the name is real, or when somebody is waited for and no real name
came; `NativeCallChanged` tells what becomes known later. `NativeApprovalWanted` and
`NativeExecutionWanted` come at most once, `NativeCallEnded` once; after it only a result that was
missing may still come, as a change. Whoever reads them decides and does the I/O.

An event that names no request goes where its call went before; one that cannot be routed is
dropped, and `NativeEventDropped` says so.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final

from gateway_engine.json_text import InvalidJsonError, parse, render

SYNC: Final = "tool/call/sync"
INVOKE: Final = "tool/invoke"
APPROVE: Final = "tool/call/approve"
INVOKE_RESULT: Final = "tool/invokeResult"
METHODS: Final = frozenset({SYNC, INVOKE, APPROVE, INVOKE_RESULT})

MAX_CALLS: Final = 1_000
"""Calls kept for routing; the oldest are forgotten first."""

_PLACEHOLDER: Final = "tool"
_PLACES: Final = (
    (),
    ("toolCall",),
    ("tool_call",),
    ("tool",),
    ("data", "toolCall"),
    ("data", "tool_call"),
    ("data", "tool"),
)
_IDS: Final = ("toolCallId", "tool_call_id", "id")
_NAMES: Final = ("name", "toolName", "tool_name")
_INPUTS: Final = ("input", "arguments", "args", "parameters")
_REQUESTS: Final = ("requestId", "request_id")
_SESSIONS: Final = ("sessionId", "session_id")
_STATUSES: Final = ("toolCallStatus", "tool_call_status", "status")


class NativeStatus(StrEnum):
    """A call's state, in the order it runs through them; the last three are ends."""

    INIT = "INIT"
    PENDING = "PENDING"
    RUNNING = "RUNNING"
    FINISHED = "FINISHED"
    ERROR = "ERROR"
    CANCELLED = "CANCELLED"


_ORDER: Final = {status: at for at, status in enumerate(NativeStatus)}
_ENDS: Final = frozenset({NativeStatus.FINISHED, NativeStatus.ERROR, NativeStatus.CANCELLED})


@dataclass(frozen=True, slots=True)
class NativeCall:
    """All that is known of one call. `arguments` is the JSON text of an object.

    `result` is text, JSON where upstream gave no text; None while there is none. `approved` is
    None until upstream reports a decision. `awaits_result` says that upstream asked the client to
    run the tool; `is_async` that it does not wait while it runs.
    """

    request_id: str
    call_id: str
    session_id: str = ""
    name: str = ""
    arguments: str = "{}"
    status: NativeStatus = NativeStatus.INIT
    result: str | None = None
    error: str = ""
    approved: bool | None = None
    awaits_result: bool = False
    is_async: bool = False

    @property
    def ended(self) -> bool:
        """True in a state nothing follows."""
        return self.status in _ENDS


@dataclass(frozen=True, slots=True)
class NativeCallSeen:
    """A call and its name became known."""

    call: NativeCall


@dataclass(frozen=True, slots=True)
class NativeCallChanged:
    """More became known of a call that was seen."""

    call: NativeCall


@dataclass(frozen=True, slots=True)
class NativeApprovalWanted:
    """Upstream waits for `tool/call/approve`."""

    call: NativeCall


@dataclass(frozen=True, slots=True)
class NativeExecutionWanted:
    """Upstream asks the client to run the tool and waits for `tool/invokeResult`."""

    call: NativeCall


@dataclass(frozen=True, slots=True)
class NativeCallEnded:
    """The call finished, failed or was cancelled: `call.status` says which."""

    call: NativeCall


@dataclass(frozen=True, slots=True)
class NativeEventDropped:
    """An event could not be used: it names no call, or a call of no known request."""

    method: str
    reason: str


NativeEvent = (
    NativeCallSeen
    | NativeCallChanged
    | NativeApprovalWanted
    | NativeExecutionWanted
    | NativeCallEnded
    | NativeEventDropped
)


class NativeCalls:
    """The native calls of one upstream instance, merged from its events."""

    def __init__(self) -> None:
        self._calls: dict[str, NativeCall] = {}
        self._said: dict[str, set[str]] = {}
        self._dropped: set[NativeEventDropped] = set()

    def receive(self, method: str, params: Mapping[str, Any]) -> list[NativeEvent]:
        """Take one event of METHODS; return what is new. An identical repeat says nothing, nor does
        another event that is of no use for the same reason: one that sends thousands says it once.
        """
        call_id = _text_field(params, _IDS)
        if not call_id:
            return self._of_no_use(method, "no_call_id")
        known = self._calls.get(call_id)
        request_id = _text_field(params, _REQUESTS)
        if known is None:
            if not request_id:
                return self._of_no_use(method, "no_request")
            known = NativeCall(request_id, call_id)
        merged = _merge(known, method, params, request_id)
        self._keep(merged)
        return self._news(known, merged, method)

    def _of_no_use(self, method: str, reason: str) -> list[NativeEvent]:
        dropped = NativeEventDropped(method, reason)
        if dropped in self._dropped:
            return []
        self._dropped.add(dropped)
        return [dropped]

    def call(self, call_id: str) -> NativeCall | None:
        """Return what is known of a call."""
        return self._calls.get(call_id)

    def forget(self, request_id: str) -> None:
        """The request is over: its calls are routed no longer."""
        gone = [key for key, call in self._calls.items() if call.request_id == request_id]
        for call_id in gone:
            del self._calls[call_id]
            self._said.pop(call_id, None)

    def _keep(self, call: NativeCall) -> None:
        self._calls[call.call_id] = call
        if len(self._calls) > MAX_CALLS:
            oldest = next(iter(self._calls))
            del self._calls[oldest]
            self._said.pop(oldest, None)

    def _news(self, before: NativeCall, call: NativeCall, method: str) -> list[NativeEvent]:
        if not call.name and call.status is NativeStatus.INIT:
            return []
        said = self._said.setdefault(call.call_id, set())
        events: list[NativeEvent] = []

        def once(what: str) -> bool:
            fresh = what not in said
            said.add(what)
            return fresh

        if once("seen"):
            events.append(NativeCallSeen(call))
        elif before != call:
            events.append(NativeCallChanged(call))
        if before.ended:
            return events
        if not call.ended:
            undecided = call.approved is None
            if call.status is NativeStatus.PENDING and undecided and once("approval"):
                events.append(NativeApprovalWanted(call))
            if call.awaits_result and once("execution"):
                events.append(NativeExecutionWanted(call))
        elif once("ended"):
            events.append(NativeCallEnded(call))
        return events


def _merge(call: NativeCall, method: str, params: Mapping[str, Any], request_id: str) -> NativeCall:
    if call.ended:
        return call if call.result is not None else replace(call, result=_result(params))
    name = _text_field(params, _NAMES, unlike=_PLACEHOLDER)
    arguments = _arguments(params)
    status = max(call.status, _status(method, params), key=_ORDER.__getitem__)
    result = _result(params)
    error = _error(params)
    approved = params.get("approval") if method == APPROVE else None
    return replace(
        call,
        request_id=request_id or call.request_id,
        session_id=_text_field(params, _SESSIONS) or call.session_id,
        name=name or call.name,
        arguments=arguments or call.arguments,
        status=status,
        result=call.result if result is None else result,
        error=error or call.error,
        approved=approved if isinstance(approved, bool) else call.approved,
        awaits_result=call.awaits_result or method == INVOKE,
        is_async=call.is_async or (method == INVOKE and params.get("async") is True),
    )


def _status(method: str, params: Mapping[str, Any]) -> NativeStatus:
    if method == APPROVE and not isinstance(params.get("approval"), bool):
        return NativeStatus.PENDING
    if method == INVOKE:
        return NativeStatus.RUNNING
    if method == INVOKE_RESULT:
        return NativeStatus.ERROR if _failed(params) else NativeStatus.FINISHED
    spelled = _text_field(params, _STATUSES).upper()
    status = NativeStatus(spelled) if spelled in _ORDER else NativeStatus.INIT
    # Never a success that did not happen.
    return NativeStatus.ERROR if status is NativeStatus.FINISHED and _says_no(params) else status


def _places(params: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield every place that may hold the call's fields, the likeliest first."""
    yield from _containers(params)
    if first := _first_result(params):
        yield first


def _containers(params: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for path in _PLACES:
        place: Any = params
        for step in path:
            place = place.get(step) if isinstance(place, Mapping) else None
        if isinstance(place, Mapping):
            yield place


def _first_result(params: Mapping[str, Any]) -> Mapping[str, Any] | None:
    results = params.get("results")
    first = results[0] if isinstance(results, list) and results else None
    return first if isinstance(first, Mapping) else None


def _text_field(params: Mapping[str, Any], names: tuple[str, ...], *, unlike: str = "") -> str:
    for place in _places(params):
        for name in names:
            value = place.get(name)
            if isinstance(value, int) and not isinstance(value, bool):
                value = str(value)
            if isinstance(value, str) and value and value != unlike:
                return value
    return ""


def _arguments(params: Mapping[str, Any]) -> str:
    """Return the arguments as JSON text, "" when the event brings none."""
    for place in _places(params):
        for name in _INPUTS:
            value = place.get(name)
            if isinstance(value, Mapping) and value:
                return render(value).decode()
            if isinstance(value, str):
                try:
                    meant = parse(value)
                except InvalidJsonError:
                    continue
                if isinstance(meant, dict) and meant:
                    return value
    return ""


def _says_no(params: Mapping[str, Any]) -> bool:
    for place in _places(params):
        if isinstance(place.get("success"), bool):
            return place["success"] is False
    return False


def _failed(params: Mapping[str, Any]) -> bool:
    succeeded = any(place.get("success") is True for place in _places(params))
    return _says_no(params) or (not succeeded and bool(_error(params)))


def _error(params: Mapping[str, Any]) -> str:
    return _text_field(params, ("errorMessage", "error_message"))


def _result(params: Mapping[str, Any]) -> str | None:
    for place in _containers(params):
        if place.get("result") is not None:
            return _as_text(place["result"])
    data = params.get("data")
    if isinstance(data, Mapping) and data.get("result") is not None:
        return _as_text(data["result"])
    for place in _containers(params):
        results = place.get("results")
        if isinstance(results, list) and results:
            return _results_text(results)
    return None


def _results_text(results: list[Any]) -> str:
    texts = [
        _as_text(item["result"])
        for item in results
        if isinstance(item, Mapping) and item.get("result") is not None
    ]
    return "\n".join(texts) if len(texts) == len(results) else _as_text(results)


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else render(value).decode()
