"""The named misbehaviours: one table of what exists, one parser of what was selected.

A selection is a comma-separated list of ``name[@prompt][=value][*starts]``:

* ``@prompt`` - only at that chat prompt of the process (1 is the first), else at every one;
* ``=value`` - the scenario's own value where it has one (seconds, bytes, a code, a word); for a
  scenario without a value it is the same as ``*starts``, so ``crash_on_prompt=1`` crashes only
  in the first process;
* ``*starts`` - only in that many first processes started with this workDir, then behave.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace


class ScenarioError(Exception):
    """A selection that names something unknown or carries a bad value."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What a scenario's ``=value`` means. ``words`` empty and ``default`` None: it has none."""

    about: str
    default: float | str | None = None
    words: tuple[str, ...] = ()


_TOOL_SHAPES = (
    "top",
    "toolCall",
    "tool_call",
    "tool",
    "data.toolCall",
    "data.tool_call",
    "data.tool",
    "results",
)

SCENARIOS: Mapping[str, Kind] = {
    # start-up
    "slow_start": Kind("listens only after this many seconds", 3.0),
    "never_ready": Kind("lives, but never listens and never writes .info"),
    "late_info": Kind("listens at once, writes .info this many seconds later", 2.0),
    "json_info": Kind("writes JSON, to .info.json or to .info", "file", ("file", "inline")),
    "stale_info": Kind("leaves a dead process's .info for this many seconds first", 1.0),
    "refuse_port_flags": Kind("knows --workDir only; exit 2 on any other flag"),
    "ignores_sigterm": Kind("does not end on SIGTERM"),
    "leaves_grandchild": Kind("starts a child in its process group that outlives it"),
    # account
    "logged_out": Kind("a fresh workDir starts without a login"),
    "expired_login": Kind("the login expires after this many seconds", 1.0),
    "quiet_login": Kind("tells nobody that the login has changed"),
    "login_url_string": Kind("login/generateUrl gives a bare string"),
    # the wire
    "burst": Kind("all tokens of an answer in one message"),
    "split_frames": Kind("frames cut and joined at odd places, text and binary mixed"),
    "malformed_frame": Kind(
        "one broken frame in mid-answer", "json", ("json", "length", "header", "utf8")
    ),
    "huge_message": Kind("every answer is one delta of this many bytes", 4 * 1024 * 1024),
    "mid_stream_close": Kind("closes the socket in mid-answer", "close", ("close", "abort")),
    "unknown_notification": Kind("sends methods and events nobody knows"),
    "string_ids": Kind("server-to-client ids are strings"),
    "needs_answers": Kind("a turn goes on only when its server-to-client request was answered"),
    "no_ask_result": Kind("never answers the chat/ask request itself"),
    "late_ask_result": Kind("answers the chat/ask request after chat/finish"),
    # the process
    "crash_on_greeting": Kind("exits hard when a client introduces itself"),
    "crash_on_prompt": Kind("exits hard when a prompt comes"),
    "crash_mid_stream": Kind("exits hard in mid-answer"),
    "hang": Kind("stops answering everything, stays alive", "prompt", ("prompt", "stream", "call")),
    # the answer
    "overwrite": Kind(
        "a draft is replaced by overwrite:true", "replace", ("replace", "first", "extend")
    ),
    "full_answer_only": Kind("no chat/answer, only chat/finish.fullAnswer"),
    "content_field": Kind("chat/answer spells its text `content`"),
    "filtered": Kind("the content filter cuts the answer, finish has this code", 406.0),
    "filtered_whole": Kind("the content filter leaves nothing, finish has this code", 406.0),
    "quota": Kind("no quota left, finish has this code", 112.0),
    "rename_session": Kind("allocates its own session id instead of the hint"),
    "think_fence": Kind("reasoning as a fence of four backticks in the answer"),
    "think_tag": Kind("reasoning as <think> tags in the answer"),
    "tool_form": Kind(
        "how a taught tool is called", "fence", ("fence", "action", "marker", "plain")
    ),
    "tool_flow": Kind(
        "how a native call comes to its result", "strict", ("strict", "invoke", "unasked", "echo")
    ),
    "tool_routing": Kind("which tool events name their request", "once", ("once", "stray")),
    "image_upload": Kind("what becomes of an upload", "error", ("error", "refused", "silent")),
    "tool_shape": Kind("where native tool events carry the call", "top", _TOOL_SHAPES),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """One selected scenario."""

    name: str
    value: float | str | None
    prompt: int | None = None
    starts: int | None = None


_ITEM = re.compile(
    r"(?P<name>[a-z_]+)(?:@(?P<prompt>\d+))?(?:=(?P<value>[^*]+))?(?:\*(?P<starts>\d+))?"
)


def parse_choice(text: str) -> Choice:
    """One item of a selection. Raises ScenarioError."""
    found = _ITEM.fullmatch(text.strip())
    if found is None or found["name"] not in SCENARIOS:
        raise ScenarioError(f"unknown scenario {text!r}; there are: {', '.join(SCENARIOS)}")
    kind = SCENARIOS[found["name"]]
    starts = int(found["starts"]) if found["starts"] else None
    value: float | str | None = kind.default
    given = found["value"]
    if given is not None:
        given = given.strip()
        if kind.words and given not in kind.words:
            raise ScenarioError(f"{found['name']} is one of {', '.join(kind.words)}, not {given!r}")
        if kind.words:
            value = given
        else:
            number = _number(found["name"], given)
            if kind.default is None:
                starts = int(number)
            else:
                value = number
    prompt = int(found["prompt"]) if found["prompt"] else None
    return Choice(found["name"], value, prompt, starts)


def _number(name: str, given: str) -> float:
    try:
        return float(given)
    except ValueError:
        raise ScenarioError(f"{name} needs a number, not {given!r}") from None


class Scenario:
    """The misbehaviours of this process; an empty one behaves."""

    __slots__ = ("_choices",)

    def __init__(self, choices: Mapping[str, Choice]) -> None:
        self._choices = dict(choices)

    @classmethod
    def parse(cls, text: str) -> Scenario:
        """A comma-separated selection. Raises ScenarioError."""
        choices = [parse_choice(item) for item in text.split(",") if item.strip()]
        return cls({choice.name: choice for choice in choices})

    def __iter__(self) -> Iterator[Choice]:
        return iter(self._choices.values())

    def __contains__(self, name: str) -> bool:
        return name in self._choices

    def for_prompt(self, number: int) -> Scenario:
        """What is on for the n-th chat prompt of this process."""
        return Scenario({choice.name: choice for choice in self if choice.prompt in (None, number)})

    def number(self, name: str) -> float:
        """The scenario's numeric value; 0 when it is not selected."""
        choice = self._choices.get(name)
        return choice.value if choice and isinstance(choice.value, float | int) else 0.0

    def word(self, name: str) -> str:
        """The scenario's word; empty when it is not selected."""
        choice = self._choices.get(name)
        return choice.value if choice and isinstance(choice.value, str) else ""

    def after_starts(self, earlier: Mapping[str, int]) -> Scenario:
        """Without those whose number of misbehaving starts is used up."""
        return Scenario(
            {
                choice.name: replace(choice, starts=None)
                for choice in self
                if choice.starts is None or earlier.get(choice.name, 0) < choice.starts
            }
        )
