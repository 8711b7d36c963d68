"""What is said to Lingma about its native tool calls. Pure."""

from typing import Any, Final

from gateway_engine.tools.native import APPROVE, INVOKE_RESULT, NativeCall
from gateway_engine.upstreams.contract import ToolAnswer, ToolApproved, ToolDenied

OWN_TOOLS: Final = frozenset(
    {
        "run_in_terminal",
        "get_terminal_output",
        "create_file",
        "save_file",
        "edit_file",
        "delete_file_by_path",
        "replace_text_by_path",
        "search_replace",
        "read_file",
        "list_dir",
        "search_file",
        "search_codebase",
        "search_symbol",
        "grep_code",
        "get_problems",
        "fetch_content",
        "fetch_rules",
        "search_web",
        "search_memory",
        "update_memory",
    }
)
"""Tools Lingma has by itself, as far as known."""

Message = tuple[str, dict[str, Any]]


def answer_messages(
    call: NativeCall, answer: ToolAnswer, *, session_id: str, started: float, now: float
) -> list[Message]:
    """Return what to send, in order, so that upstream learns the answer.

    A call that still waits for approval gets it before its result, as the executor's part follows
    in the protocol; never where Lingma has a tool of that name, which an approval would run, on
    this machine and in the place of the client's result. A denial comes before its reason. Times
    are seconds since the epoch.
    """
    asks_leave = not call.awaits_result
    match answer:
        case ToolApproved():
            return [_approve(call, True, session_id)] if asks_leave else []
        case ToolDenied(reason):
            denial = [_approve(call, False, session_id, reason)] if asks_leave else []
            return [*denial, _result(call, "", reason, session_id, started, now)]
        case _:
            approve = asks_leave and call.name not in OWN_TOOLS
            approval = [_approve(call, True, session_id)] if approve else []
            error = (answer.text or "the tool failed") if answer.is_error else ""
            text = "" if answer.is_error else answer.text
            return [*approval, _result(call, text, error, session_id, started, now)]


def _approve(call: NativeCall, approval: bool, session_id: str, reason: str = "") -> Message:
    params = {
        "type": "tool_call",
        "sessionId": call.session_id or session_id,
        "requestId": call.request_id,
        "toolCallId": call.call_id,
        "approval": approval,
    }
    return APPROVE, {**params, "reason": reason} if reason else params


def _result(
    call: NativeCall, text: str, error: str, session_id: str, started: float, now: float
) -> Message:
    return INVOKE_RESULT, {
        "requestId": call.request_id,
        "sessionId": call.session_id or session_id,
        "toolCallId": call.call_id,
        "name": call.name,
        "success": not error,
        "errorMessage": error,
        "result": text,
        "startTime": round(started * 1000),
        "timeConsuming": max(0, round((now - started) * 1000)),
    }
