"""Lingma's methods, fields and spellings: the one table of what the vendor calls things.

Pure. Spellings that differ between versions stand in `Spellings`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from gateway_engine import json_text
from gateway_engine.conversation import ModelId
from gateway_engine.errors import (
    ContentFilteredError,
    GatewayError,
    LoginRequiredError,
    UpstreamError,
    UpstreamForbiddenError,
    UpstreamQuotaError,
    UpstreamTimeoutError,
)
from gateway_engine.tools.tool_list import plain_tool
from gateway_engine.upstreams.contract import (
    Login,
    LoginState,
    UpstreamAsk,
    UpstreamModel,
    UpstreamUsage,
)

INITIALIZE: Final = "initialize"
INITIALIZED: Final = "initialized"
PING: Final = "ping"
AUTH_STATUS: Final = "auth/status"
AUTH_REPORT: Final = "auth/report"
AUTH_LOGOUT: Final = "auth/logout"
AUTH_CALLBACK: Final = "login/auth_callback"
GENERATE_URL: Final = "login/generateUrl"
QUERY_MODELS: Final = "config/queryModels"
REFRESH_MODELS: Final = "config/refreshModels"
UPDATE_ENDPOINT: Final = "config/updateEndpoint"
CHAT_ASK: Final = "chat/ask"
CHAT_STOP: Final = "chat/stop"
CHAT_ANSWER: Final = "chat/answer"
CHAT_THINK: Final = "chat/think"
SPOKEN: Final = (CHAT_ANSWER, CHAT_THINK)
CHAT_FINISH: Final = "chat/finish"
CONTEXT_USAGE: Final = "context/usage/sync"
NOTIFICATION_ERROR: Final = "error/notificationError"
DELETE_SESSION: Final = "chat/deleteSessionById"

MAX_UPSTREAM_MESSAGE_CHARS: Final = 500
MAX_WORD_CHARS: Final = 60


@dataclass(frozen=True, slots=True)
class Spellings:
    """What differs between versions of the program."""

    chat_task: str = "FREE_INPUT"
    session_type_chat: str = "chat"
    session_type_agent: str = "ask"
    mode_chat: str = "chat"
    mode_agent: str = "agent"


def initialize_params(*, pid: int, version: str, folder: Path) -> dict[str, Any]:
    """Params of `initialize`: an honest client in the empty private `folder`."""
    uri = folder.as_uri()
    return {
        "processId": pid,
        "clientInfo": {"name": "lingma-gateway", "version": version},
        "rootUri": uri,
        "capabilities": {},
        "workspaceFolders": [{"uri": uri, "name": folder.name}],
    }


def ask_params(
    ask: UpstreamAsk,
    *,
    wire_id: str,
    session_id: str,
    folder: Path,
    auto_memory: bool,
    spellings: Spellings,
) -> dict[str, Any]:
    """Params of `chat/ask`. `session_id` is ours for a new session, upstream's for a reply.

    `wire_id` keys the events of this turn.
    """
    agent = ask.agent_mode
    prompt = json_text.repeated(ask.prompt)
    extra: dict[str, Any] = {"workspacePath": str(folder), "context": []}
    if ask.model:
        extra["modelConfig"] = {"key": ask.model}
    tools = [plain_tool(tool, "")[0] for tool in ask.tools]
    forwarded = [{"type": "function", "function": tool} for tool in tools]
    return {
        **({"toolConfig": {"tools": forwarded}} if forwarded else {}),
        "requestId": wire_id,
        "sessionId": session_id,
        "isReply": bool(ask.session_id),
        "chatTask": spellings.chat_task,
        "chatContext": {
            "text": prompt,
            "features": [],
            "imageUrls": list(ask.images),
            "preferredLanguage": "en",
            "localeLang": "en",
        },
        "questionText": prompt,
        "content": prompt,
        "text": prompt,
        "message": prompt,
        "source": 1,
        "stream": True,
        "taskDefinitionType": "system",
        "sessionType": spellings.session_type_agent if agent else spellings.session_type_chat,
        "mode": spellings.mode_agent if agent else spellings.mode_chat,
        "extra": extra,
        "pluginPayloadConfig": {
            "isEnableAskAgent": agent,
            "isEnableAutoMemory": auto_memory,
            "isEnableProjectRule": False,
        },
        "shellType": "",
    }


_STATUS: Final = {
    1: (LoginState.LOGGED_OUT, "not signed in: sign in to Lingma"),
    3: (LoginState.EXPIRED, "the login has expired: sign in to Lingma again"),
    4: (LoginState.UNKNOWN, "Lingma reports an error of its login service"),
    5: (LoginState.UNKNOWN, "Lingma cannot reach its login service: check the network"),
    6: (LoginState.FORBIDDEN, "Lingma reports that this network address is banned"),
    7: (LoginState.FORBIDDEN, "Lingma reports that the app is disabled for this account"),
}
_WHITELIST: Final = {
    1: (LoginState.FORBIDDEN, "this account is not on Lingma's whitelist"),
    2: (LoginState.FORBIDDEN, "this account still waits for Lingma's whitelist"),
    4: (LoginState.UNKNOWN, "Lingma does not know yet whether this account may use it"),
    5: (LoginState.FORBIDDEN, "this account has no Lingma licence"),
}
_LOGGED_IN: Final = 2


def parse_login(value: Any) -> Login:
    """Read the object of `auth/status` and `auth/report`; its tokens are left behind here."""
    if not isinstance(value, Mapping):
        return Login(LoginState.UNKNOWN, message="Lingma's login state is unreadable")
    account = str(value.get("name") or value.get("email") or value.get("accountId") or "")
    status = _number(value.get("status"))
    if status != _LOGGED_IN:
        state, message = _STATUS.get(
            status, (LoginState.UNKNOWN, f"Lingma reports an unknown login status {status}")
        )
        return Login(state, account, message)
    plan, quota = _word(value.get("userType")), _word(value.get("quota"))
    whitelist = _number(value.get("whitelist"))
    if whitelist in _WHITELIST:
        state, message = _WHITELIST[whitelist]
        return Login(state, account, message, plan, quota)
    return Login(LoginState.LOGGED_IN, account, plan=plan, quota=quota)


def login_secrets(value: Any) -> list[str]:
    """The tokens in the object of `auth/status` and `auth/report`, whatever they are called."""
    if not isinstance(value, Mapping):
        return []
    return [
        text
        for name, text in value.items()
        if str(name).lower().endswith(("token", "secret", "password", "cookie"))
        and isinstance(text, str)
        and text
    ]


def parse_models(value: Any) -> tuple[UpstreamModel, ...]:
    """Read the scene map of `config/queryModels`, each key once, the default first."""
    if isinstance(value, Mapping) and isinstance(value.get("models"), Mapping | list):
        value = value["models"]
    scenes: Sequence[Any] = list(value.values()) if isinstance(value, Mapping) else [value]
    found: dict[str, UpstreamModel] = {}
    for scene in scenes:
        for entry in scene if isinstance(scene, list) else ():
            if not isinstance(entry, Mapping):
                continue
            key = entry.get("key")
            if not isinstance(key, str) or not key:
                continue
            default = entry.get("isDefault") is True
            if key in found and (found[key].is_default or not default):
                continue
            found[key] = UpstreamModel(
                key=ModelId(key),
                display_name=str(entry.get("displayName") or key),
                context_tokens=max(0, _number(entry.get("maxInputTokens"))),
                vision=entry.get("isVl") is True,
                reasoning=entry.get("isReasoning") is True,
                is_default=default,
            )
    return tuple(sorted(found.values(), key=lambda model: not model.is_default))


def parse_version(greeting: Any) -> str:
    """The server's name and version in the answer of `initialize`, "" when it does not say."""
    info = greeting.get("serverInfo") if isinstance(greeting, dict) else None
    if not isinstance(info, dict):
        return ""
    return " ".join(str(info[name]) for name in ("name", "version") if info.get(name))[:100]


def parse_usage(params: Mapping[str, Any]) -> UpstreamUsage | None:
    """Read `context/usage/sync`; None when it holds no figure."""
    used = _number(params.get("usedTokens"))
    return UpstreamUsage(used, max(0, _number(params.get("limitTokens")))) if used > 0 else None


def answer_text(params: Mapping[str, Any]) -> str:
    """The text of `chat/answer` or `chat/think`, under whichever name it came."""
    for name in ("text", "content"):
        value = params.get(name)
        if isinstance(value, str) and value:
            return value
    return ""


_GOOD: Final = (200, None)
_FILTERED: Final = (406, 601)
_QUOTA: Final = (112, 429)
_TIMEOUT: Final = (408, 80408)


def finish_failure(status: int | None, reason: str) -> GatewayError | None:
    """The error that `chat/finish`'s statusCode means; None when the turn ended well.

    0 depends on whether any text came: the caller decides (`finish_without_text`).
    """
    said = f": {reason[:MAX_UPSTREAM_MESSAGE_CHARS]}" if reason else ""
    if status in _GOOD or status == 0:
        return None
    if status in _FILTERED:
        return ContentFilteredError(f"upstream's content filter refused this request{said}")
    if status == 401:
        return LoginRequiredError(f"Lingma is not signed in{said}; sign in and try again")
    if status == 403:
        return UpstreamForbiddenError(f"Lingma refuses this account{said}")
    if status in _QUOTA:
        soon = status == 429
        return UpstreamQuotaError(
            f"Lingma's quota or rate limit is reached{said}",
            retry_after_s=30.0 if soon else 3600.0,
            passes_soon=soon,
        )
    if status in _TIMEOUT:
        return UpstreamTimeoutError(f"Lingma's service timed out{said}; try again")
    return UpstreamError(f"Lingma ended the answer with status {status}{said}; try again")


def finish_without_text(status: int | None, reason: str) -> GatewayError:
    """An answer without any text is a failure: a success must have said something."""
    said = f": {reason[:MAX_UPSTREAM_MESSAGE_CHARS]}" if reason else ""
    shown = "no status" if status is None else f"status {status}"
    return UpstreamError(f"Lingma ended the answer without any text ({shown}){said}; try again")


def status_code(value: Any) -> int | None:
    """`statusCode` as a number; None when absent or unreadable."""
    return None if value is None else _number(value)


def _word(value: Any) -> str:
    """A short text or number as upstream says it, "" for whatever else."""
    is_plain = isinstance(value, str | int | float) and not isinstance(value, bool)
    return str(value)[:MAX_WORD_CHARS] if is_plain else ""


def _number(value: Any) -> int:
    if isinstance(value, bool):
        return -1
    if isinstance(value, int):
        return value
    try:
        return int(value) if isinstance(value, float | str) else -1
    except (ValueError, OverflowError):
        return -1
