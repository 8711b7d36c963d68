"""The internal routes of accounts: signing in and out, and carrying logins to other machines."""

import base64
import binascii
from typing import Any, Final

from aiohttp import web

from gateway_engine.conversation import InstanceName
from gateway_engine.errors import InvalidRequestError
from gateway_engine.server.access import Guard
from gateway_engine.server.body import read_json_object
from gateway_engine.server.contracts import AccountBackend
from gateway_engine.server.json_reply import json_reply
from gateway_engine.server.routing import Route
from gateway_engine.server.service import SERVICE

MAX_BODY_BYTES: Final = 12 * 1024 * 1024


async def status(request: web.Request) -> web.StreamResponse:
    """GET /internal/auto-login/status: the account of every instance."""
    accounts = [
        {
            "name": each.instance,
            "state": each.state.value,
            "account": each.account,
            "since": each.since,
            "error_code": each.error_code or None,
            "error_message": each.error_message or None,
        }
        for each in _backend(request).sign_ins()
    ]
    return json_reply({"instances": accounts}, no_store=True)


async def start_auto_login(request: web.Request) -> web.StreamResponse:
    """POST /internal/auto-login/start: with this password, or the one that is there."""
    name, body = _instance(request), await _body(request)
    username, password = _text(body, "username"), _text(body, "password")
    if bool(username) != bool(password):
        raise InvalidRequestError("send username and password, or neither", param="password")
    await _backend(request).start_auto_login(
        name, username=username, password=password, remember=_flag(body, "remember")
    )
    return json_reply({"instance": name}, status=202, no_store=True)


async def begin(request: web.Request) -> web.StreamResponse:
    """POST /internal/sign-in/begin: the address to open."""
    name, body = _instance(request), await _body(request)
    url = await _backend(request).begin_sign_in(name, switch=_flag(body, "switch"))
    return json_reply({"instance": name, "url": url}, no_store=True)


async def begin_command(request: web.Request) -> web.StreamResponse:
    """POST /internal/sign-in/command: run the login command of an agent."""
    name = _instance(request)
    await _backend(request).begin_sign_in_command(name)
    return json_reply({"instance": name}, status=202, no_store=True)


async def printed(request: web.Request) -> web.StreamResponse:
    """GET /internal/sign-in/output: what that command has printed."""
    name = _instance(request)
    lines = [
        {"line": each.line, "link": each.link or None}
        for each in _backend(request).sign_in_printed(name)
    ]
    return json_reply({"instance": name, "lines": lines}, no_store=True)


async def deliver(request: web.Request) -> web.StreamResponse:
    """POST /internal/sign-in/callback: the address a browser elsewhere ended at."""
    name, body = _instance(request), await _body(request)
    await _backend(request).deliver_sign_in(name, _text(body, "callback", needed=True))
    return json_reply({"instance": name}, no_store=True)


async def cancel(request: web.Request) -> web.StreamResponse:
    """POST /internal/sign-in/cancel."""
    name = _instance(request)
    await _backend(request).cancel_sign_in(name)
    return json_reply({"instance": name}, no_store=True)


async def sign_out(request: web.Request) -> web.StreamResponse:
    """POST /internal/sign-out."""
    name = _instance(request)
    await _backend(request).sign_out(name)
    return json_reply({"instance": name}, no_store=True)


async def export_session(request: web.Request) -> web.StreamResponse:
    """POST /internal/session/export."""
    name, body = _instance(request), await _body(request)
    return json_reply(
        await _backend(request).export_session(name, _text(body, "passphrase")), no_store=True
    )


async def import_session(request: web.Request) -> web.StreamResponse:
    """POST /internal/session/import."""
    name, body = _instance(request), await _body(request)
    plain, sealed = _text(body, "bundle_b64"), _text(body, "bundle_age")
    if bool(plain) == bool(sealed):
        raise InvalidRequestError("send either bundle_b64 or bundle_age", param="bundle_b64")
    told = await _backend(request).import_session(
        name,
        plain.encode() if plain else _age_bytes(sealed),
        passphrase=_text(body, "passphrase"),
        replace=_flag(body, "replace"),
        dry_run=_flag(body, "dry_run"),
    )
    return json_reply(told, no_store=True)


def _age_bytes(text: str) -> bytes:
    """An age file in armour, or a binary one as base64."""
    if text.lstrip().startswith("-----BEGIN"):
        return text.encode()
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise InvalidRequestError(
            "bundle_age must be an age file in armour or base64", param="bundle_age"
        ) from None


def _backend(request: web.Request) -> AccountBackend:
    return request.app[SERVICE].accounts


def _instance(request: web.Request) -> InstanceName:
    name = request.query.get("instance", "")
    if not name:
        raise InvalidRequestError("say which instance: ?instance=NAME", param="instance")
    return InstanceName(name)


async def _body(request: web.Request) -> dict[str, Any]:
    if not request.body_exists:
        return {}
    return await read_json_object(request, MAX_BODY_BYTES, advice=": no login is that large")


def _text(body: dict[str, Any], name: str, *, needed: bool = False) -> str:
    value = body.get(name, "")
    if not isinstance(value, str) or (needed and not value):
        raise InvalidRequestError(f"{name} must be a text", param=name)
    return value


def _flag(body: dict[str, Any], name: str) -> bool:
    value = body.get(name, False)
    if not isinstance(value, bool):
        raise InvalidRequestError(f"{name} must be true or false", param=name)
    return value


ROUTES: Final = (
    Route("GET", "/internal/auto-login/status", status, guard=Guard.ADMIN),
    Route("POST", "/internal/auto-login/start", start_auto_login, guard=Guard.ADMIN),
    Route("POST", "/internal/sign-in/begin", begin, guard=Guard.ADMIN),
    Route("POST", "/internal/sign-in/command", begin_command, guard=Guard.ADMIN),
    Route("GET", "/internal/sign-in/output", printed, guard=Guard.ADMIN),
    Route("POST", "/internal/sign-in/callback", deliver, guard=Guard.ADMIN),
    Route("POST", "/internal/sign-in/cancel", cancel, guard=Guard.ADMIN),
    Route("POST", "/internal/sign-out", sign_out, guard=Guard.ADMIN),
    Route("POST", "/internal/session/export", export_session, guard=Guard.ADMIN),
    Route("POST", "/internal/session/import", import_session, guard=Guard.ADMIN),
)
