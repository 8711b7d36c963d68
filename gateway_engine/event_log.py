"""What the log says of a gateway's life, headless and on the desktop alike.

Requests and failures of instances are logged where they happen; here is what an `EngineEvent` alone
tells: the states of the instances, the endpoint, and once at the start what is odd about the plan.
"""

import logging
from typing import Final

from gateway_engine.events import (
    EngineEvent,
    InstallChanged,
    InstallState,
    InstanceChanged,
    InstanceRemoved,
    InstanceStatus,
    ListenerFailed,
    ListenerStarted,
    ListenerStopped,
    SettingsApplied,
)
from gateway_engine.plan import EnginePlan

logger = logging.getLogger(__name__)

DEMO_NOTICE: Final = (
    "DEMO: no Lingma program is in use; the bundled emulator answers, its answers are not Lingma's"
)


class EventLog:
    """Logs each change of an instance and of the endpoint once. Call it with every event."""

    def __init__(self) -> None:
        self._states: dict[str, tuple[str, str]] = {}
        self._install: InstallState | None = None

    def __call__(self, event: EngineEvent) -> None:
        match event:
            case InstanceChanged(status):
                self._instance(status)
            case InstallChanged():
                self._installing(event)
            case InstanceRemoved(name, _):
                self._states.pop(name, None)
                logger.info("%s is no longer run", name)
            case SettingsApplied():
                # Their values may be secrets: the names are enough.
                logger.info("other settings are in force: %s", ", ".join(event.names) or "none")
            case ListenerStarted(url, _):
                logger.info("the endpoint is open: %s", url)
            case ListenerStopped():
                logger.info("the endpoint is closed")
            case ListenerFailed():
                logger.info("no endpoint: %s", event.message, extra={"code": event.code})

    def _installing(self, event: InstallChanged) -> None:
        if event.state is self._install:
            return
        self._install = event.state
        if event.state is InstallState.DONE:
            said = "Lingma program %s is installed (VSIX sha256 %s)"
            logger.info(said, event.version, event.sha256)
        elif event.state is InstallState.FAILED:
            logger.info("no Lingma program: %s", event.error_message)
        else:
            logger.info("Lingma program: %s", event.state.value)

    def _instance(self, status: InstanceStatus) -> None:
        now = (status.state.value, status.last_error)
        if self._states.get(status.name) == now:
            return
        self._states[status.name] = now
        logger.info(
            "%s (%s): %s%s",
            status.name,
            status.kind,
            status.state.value,
            f": {status.last_error_message}" if status.last_error else "",
            extra={"instance": status.name, "state": now[0], "code": now[1]},
        )


def log_what_is_odd(plan: EnginePlan) -> None:
    """Warn of what a user should know about this plan: a demo, no upstream, pooled accounts."""
    if plan.demo:
        logger.warning(DEMO_NOTICE)
    elif not plan.instances:
        logger.warning(
            "no Lingma program was found: `lingma-gateway upstream install` fetches one, LINGMA_BIN"
            " names one, --upstream demo tries it without;"
            " `lingma-gateway doctor` shows where it was looked for"
        )
    accounts = plan.settings.lingma_accounts
    if len(accounts) > 1:
        logger.warning(
            "%d accounts are pooled: vendors may ban accounts that are used together; use only"
            " your own, and keep to your provider's terms",
            len(accounts),
        )
    if accounts and len(plan.instances) > len(accounts):
        logger.warning(
            "LINGMA_INSTANCE_COUNT is %d with %d accounts: some accounts run several instances",
            len(plan.instances),
            len(accounts),
        )
