"""Signing in to an agent: which command does it, and running that with its output and link shown.

The account is the agent's own: nothing of it passes through here but what its command prints. A
method that only the agent itself can carry out (`authenticate`) may open windows or wait for a
person without a word, and is not called: its name is shown.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from gateway_engine.upstreams.acp.messages import AgentFacts
from gateway_engine.upstreams.contract import UpstreamStartError
from gateway_engine.upstreams.processes.child import start_child
from gateway_engine.upstreams.processes.guard import OrphanGuard

STOP_GRACE_S: Final = 2.0

_LINK: Final = re.compile(r"https?://[^\s\"'<>\x1b]+")
_CONTROL: Final = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07]*\x07|[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class LoginWay:
    """One command that signs in."""

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LoginOutput:
    """One line the command printed; `link` is an address in it that the user should open, or ""."""

    line: str
    link: str = ""


def login_ways(
    argv: Sequence[str], command: Sequence[str], agent: AgentFacts
) -> tuple[LoginWay, ...]:
    """How to sign in: the configured command first, then what the agent offers at a terminal.

    `argv` is how the agent itself is started.
    """
    ways = [LoginWay("login", tuple(command))] if command else []
    ways += [
        LoginWay(method.name, (*_program(argv), *method.args))
        for method in agent.auth_methods
        if method.args is not None and argv
    ]
    return tuple(ways)


async def run_login(
    way: LoginWay,
    *,
    cwd: Path,
    env: Mapping[str, str],
    guard: OrphanGuard,
    on_output: Callable[[LoginOutput], None],
) -> int:
    """Run it to its end and return its exit code; cancelling ends it. Raises UpstreamStartError."""
    try:
        child = await start_child(
            way.argv,
            cwd=cwd,
            env={**env, **way.env},
            guard=guard,
            on_line=lambda line: on_output(read_line(line)),
        )
    except OSError as error:
        raise UpstreamStartError(
            "not_found", f"cannot start {way.argv[0]}: {error.strerror}; correct `login`"
        ) from error
    try:
        return await child.wait()
    finally:
        await child.stop(grace_s=STOP_GRACE_S)


def read_line(line: str) -> LoginOutput:
    """A line as the command printed it, without a terminal's control sequences."""
    plain = _CONTROL.sub("", line)
    found = _LINK.search(plain)
    return LoginOutput(plain, found.group().rstrip(".,;:)") if found is not None else "")


def _program(argv: Sequence[str]) -> tuple[str, ...]:
    """The program without what starts it as an ACP agent: an interpreter keeps its script."""
    script = len(argv) > 1 and not argv[1].startswith("-") and Path(argv[1]).is_absolute()
    return tuple(argv[: 2 if script else 1])
