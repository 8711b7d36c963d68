"""What the window knows of accounts beyond their states: what login commands print."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from gateway_engine.public import EngineEvent, InstanceName, PrintedLine, SignInPrinted


@dataclass(frozen=True, slots=True)
class AccountsSlice:
    """`printed` is what each agent's login command has written last."""

    printed: Mapping[InstanceName, tuple[PrintedLine, ...]] = field(default_factory=dict)


def reduce_accounts(accounts: AccountsSlice, event: EngineEvent) -> AccountsSlice:
    """The slice after `event`; the same object when nothing of it has changed."""
    if isinstance(event, SignInPrinted):
        return replace(accounts, printed={**accounts.printed, event.instance: event.lines})
    return accounts
