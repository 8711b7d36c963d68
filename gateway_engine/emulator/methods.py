"""The methods a client may call, in one table. ``chat/ask`` is the connection's own.

Source: the wire notes, sections 3 to 7.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any

from gateway_engine.emulator import misbehaviour
from gateway_engine.emulator.models import scenes
from gateway_engine.emulator.rpc import (
    INVALID_PARAMS,
    METHOD_NOT_FOUND,
    Call,
    Json,
    RpcError,
)
from gateway_engine.emulator.version import SERVER_NAME, VERSION

if TYPE_CHECKING:
    from gateway_engine.emulator.connection import Connection

Method = Callable[["Connection", Json], Awaitable[Any]]


async def answer(link: Connection, call: Call) -> Any:
    """The result of the call. Raises RpcError."""
    method = _METHODS.get(call.method)
    if method is None:
        raise RpcError(METHOD_NOT_FOUND, f"method not found: {call.method}")
    return await method(link, call.params)


async def _initialize(link: Connection, params: Json) -> Json:
    misbehaviour.on_greeting(link.host)
    capabilities = {"textDocumentSync": 0, "experimental": {}}
    return {
        "capabilities": capabilities,
        "serverInfo": {"name": SERVER_NAME, "version": VERSION},
    }


async def _nothing(link: Connection, params: Json) -> Json:
    return {}


async def _ping(link: Connection, params: Json) -> Json:
    return {"success": True}


async def _query_models(link: Connection, params: Json) -> Json:
    return scenes() if link.host.account.status == 2 else {}


async def _get_endpoint(link: Connection, params: Json) -> Json:
    return {"endpoint": link.host.endpoint}


async def _update_endpoint(link: Connection, params: Json) -> Json:
    link.host.set_endpoint(_text(params, "endpoint"))
    return {"success": True}


async def _auth_status(link: Connection, params: Json) -> Json:
    return link.host.account.report()


async def _generate_url(link: Connection, params: Json) -> Any:
    nonce = link.host.account.new_nonce()
    url = link.host.login_url(nonce)
    return url if "login_url_string" in link.host.scenario else {"loginUrl": url, "nonce": nonce}


async def _auth_callback(link: Connection, params: Json) -> Json:
    names = ("nonce", "auth", "tokenString")
    if not link.host.account.sign_in(*(_text(params, name) for name in names)):
        return {"success": False, "errorMessage": "nonce is spent or unknown, or auth is invalid"}
    return {"success": True}


async def _logout(link: Connection, params: Json) -> Json:
    link.host.account.sign_out()
    return {"success": True}


async def _stop(link: Connection, params: Json) -> Json:
    request_id = _text(params, "requestId")
    known = link.stop(request_id)
    link.host.journal.note(f"chat/stop requestId={request_id} known={known}")
    return {"success": known}


async def _delete_session(link: Connection, params: Json) -> Json:
    deleted = link.host.sessions.delete(_text(params, "sessionId"))
    link.host.stats.sessions_deleted += deleted
    return {"success": deleted}


async def _approve(link: Connection, params: Json) -> Json:
    gate = link.gates.get(_text(params, "toolCallId"))
    if gate is not None:
        gate.decide(params.get("approval") is True)
    return {"success": gate is not None}


async def _invoke_result(link: Connection, params: Json) -> Json:
    gate = link.gates.get(_text(params, "toolCallId"))
    return {"success": gate is not None and gate.deliver(params)}


async def _upload(link: Connection, params: Json) -> Json:
    _text(params, "imageUri")
    _text(params, "requestId")
    if link.host.scenario.word("image_upload") == "refused":
        return {"success": False, "errorMessage": "emulated refusal"}
    return {"success": True}


async def _announce_upload(link: Connection, call: Call) -> None:
    how = link.host.scenario.word("image_upload")
    if how in ("refused", "silent"):
        return
    uri = _text(call.params, "imageUri")
    outcome: Json = {"requestId": _text(call.params, "requestId"), "imageUrl": ""}
    about = "" if how == "error" else _about_image(uri)
    if about:
        digest = hashlib.sha256(uri.encode("utf-8")).hexdigest()[:32]
        outcome["imageUrl"] = f"https://images.emulator.invalid/{digest}"
        link.host.keep_image(outcome["imageUrl"], about)
    error = "" if about else "not an image"
    await link.notify(
        "image/uploadResultNotification",
        {"errorCode": error and "400", "errorMessage": error, "result": outcome},
    )


async def _announce_account(link: Connection, call: Call) -> None:
    await link.host.report_account()


def _about_image(uri: str) -> str:
    if uri.startswith("file:"):
        return f"a file, {uri.rsplit('/', 1)[-1]}"
    head, _, data = uri.partition(",")
    if not head.startswith("data:image/") or not head.endswith(";base64"):
        return ""
    try:
        size = len(base64.b64decode(data, validate=True))
    except binascii.Error:
        return ""
    return f"{head[5:-7]}, {size} bytes"


def _text(params: Json, name: str) -> str:
    value = params.get(name)
    if not isinstance(value, str):
        raise RpcError(INVALID_PARAMS, f"{name} must be a string")
    return value


_METHODS: Mapping[str, Method] = {
    "initialize": _initialize,
    "initialized": _nothing,
    "ping": _ping,
    "auth/status": _auth_status,
    "auth/logout": _logout,
    "login/generateUrl": _generate_url,
    "login/auth_callback": _auth_callback,
    "config/queryModels": _query_models,
    "config/getEndpoint": _get_endpoint,
    "config/updateEndpoint": _update_endpoint,
    "chat/stop": _stop,
    "chat/deleteSessionById": _delete_session,
    "image/upload": _upload,
    "tool/call/approve": _approve,
    "tool/invokeResult": _invoke_result,
}

AFTER: Mapping[str, tuple[Callable[[Connection, Call], Awaitable[None]], ...]] = {
    "login/auth_callback": (_announce_account,),
    "auth/logout": (_announce_account,),
    "image/upload": (_announce_upload,),
}
"""What is pushed once the reply is out."""
