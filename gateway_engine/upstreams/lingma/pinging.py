"""Asking a Lingma process for a sign of life.

By `ping`, which not every build may know: a refusal is an answer too. A build that is mute to what
it does not know is asked the question it answered when it was greeted.
"""

import asyncio
from typing import Final

from gateway_engine.errors import UpstreamTimeoutError
from gateway_engine.upstreams.lingma import methods
from gateway_engine.upstreams.lingma.lsp_client import LspClient, RpcFailureError

PING_WAIT_S: Final = 5.0
OFTEN_S: Final = 2.0
LOGIN_EVERY_S: Final = 0.8


class Pinging:
    """How this process is asked, once that is known."""

    def __init__(self) -> None:
        self._method = methods.PING
        self._known = False
        self._asked_at = self._login_at = -OFTEN_S
        self.wants_login = False
        """Whether to ask for its login too: it is asked often, so somebody looks at it."""

    async def ping(self, client: LspClient) -> None:
        """Return when an answer has come, however late. Raises UpstreamGoneError."""
        now = asyncio.get_running_loop().time()
        is_often = now - self._asked_at < OFTEN_S
        self.wants_login = is_often and now - self._login_at >= LOGIN_EVERY_S
        self._asked_at = now
        if self.wants_login:
            self._login_at = now
        while True:
            unsure = self._method == methods.PING and not self._known
            try:
                await client.request(self._method, {}, timeout_s=PING_WAIT_S if unsure else None)
            except UpstreamTimeoutError:
                self._method = methods.AUTH_STATUS
                continue
            except RpcFailureError:
                self._known = True
            self._known = True
            return
