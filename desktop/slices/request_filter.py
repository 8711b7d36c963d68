"""Which requests a table is to show. Pure."""

from dataclasses import dataclass

from desktop.slices.live_requests import LiveRequest, RequestPhase
from gateway_engine.public import RecordQuery

OK, RUNNING, FAILED, CLIENT_LEFT = "ok", "running", "failed", "499"
NO_RECORD = "1xx"
"""A status that no record has."""


@dataclass(frozen=True, slots=True)
class RequestFilter:
    """Which requests are wanted. `status` is running, ok, failed or a number; "" is any."""

    text: str = ""
    status: str = ""
    protocol: str = ""
    client: str = ""
    instance: str = ""
    pinned: bool = False

    @property
    def is_set(self) -> bool:
        """Whether it leaves anything out."""
        return self != RequestFilter()

    def query(self) -> RecordQuery:
        """The same, asked of the history."""
        return RecordQuery(
            text=self.text,
            status=NO_RECORD if self.status == RUNNING else self.status,
            protocol=self.protocol,
            client=self.client,
            instance=self.instance,
            pinned=self.pinned,
        )

    def wants(self, request: LiveRequest) -> bool:
        """Whether a live request is among those, by the history's own rule."""
        line = request.summary
        return (
            self.protocol in ("", line.protocol)
            and self.client in ("", line.client)
            and self.instance in ("", line.instance)
            and (line.pinned or not self.pinned)
            and (not self.status or self._wants_status(request))
            and (not self.text or request.has_text(self.text))
        )

    def _wants_status(self, request: LiveRequest) -> bool:
        line = request.summary
        runs = request.phase is not RequestPhase.OVER
        if runs or self.status == RUNNING:
            return runs and self.status == RUNNING
        if self.status == OK:
            return not line.error_code
        if self.status == FAILED:
            return bool(line.error_code) and str(line.status) != CLIENT_LEFT
        return str(line.status) == self.status
