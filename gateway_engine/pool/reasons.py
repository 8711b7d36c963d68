"""Why an instance cannot answer, in codes and English sentences."""

import logging
from typing import Final

from gateway_engine.upstreams.contract import Login, LoginState, UpstreamStartError

logger = logging.getLogger(__name__)

NOT_ANSWERING: Final = "the upstream does not answer; it is restarted if that lasts"

_ENDED: Final = {
    "exited": "the upstream process ended; it is being restarted",
    "connection_lost": "the connection to the upstream was lost; it is being restarted",
    "hung": "the upstream stopped answering; it is being restarted",
}
_LOGIN_CODES: Final = {
    LoginState.LOGGED_OUT: "login_required",
    LoginState.EXPIRED: "login_expired",
    LoginState.FORBIDDEN: "upstream_forbidden",
    LoginState.UNKNOWN: "login_unknown",
}


def end_reason(code: str) -> tuple[str, str]:
    """An upstream ended by itself."""
    return code, _ENDED.get(code, "the upstream ended; it is being restarted")


def login_reason(login: Login) -> tuple[str, str]:
    """Its account cannot be used."""
    return _LOGIN_CODES[login.state], login.message


def start_error(problem: Exception) -> UpstreamStartError:
    """What kept it from starting, foreseen or not."""
    if isinstance(problem, UpstreamStartError):
        return problem
    logger.error("an upstream could not start for an unforeseen reason", exc_info=problem)
    return UpstreamStartError("internal_error", f"{type(problem).__name__}; see the log")
