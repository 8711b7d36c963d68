"""What ACP agents say outside of a turn: who they are, what they can, what they offer. Pure.

Source: the protocol's schema 1.19. Read liberally: agents are years apart, and members that newer
schemas have dropped (`models`, `session/set_model`) are alive in the field.
"""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from gateway_engine.conversation import ModelId
from gateway_engine.errors import UpstreamError
from gateway_engine.upstreams.contract import UpstreamModel

PING: Final = "_lingma-gateway/ping"
"""No agent has this method: ACP leaves such names to extensions, and wants unknown ones refused."""
INITIALIZE: Final = "initialize"
NEW_SESSION: Final = "session/new"
LOAD_SESSION: Final = "session/load"
RESUME_SESSION: Final = "session/resume"
FORK_SESSION: Final = "session/fork"
CLOSE_SESSION: Final = "session/close"
SET_MODEL: Final = "session/set_model"
SET_MODE: Final = "session/set_mode"
SET_OPTION: Final = "session/set_config_option"
PROMPT: Final = "session/prompt"
CANCEL: Final = "session/cancel"
UPDATE: Final = "session/update"
SWITCHES: Final = ("config_option_update", "current_mode_update")
ASK_PERMISSION: Final = "session/request_permission"

VERSION: Final = 1
"""Of the protocol: what is sent and read here."""
AUTH_REQUIRED: Final = -32000
MAX_TEXT: Final = 500

_PLAIN_ID: Final = re.compile(r"[\w.:@+/-]+")


@dataclass(frozen=True, slots=True)
class AuthMethod:
    """One way to sign in that the agent offers.

    `args` are what its own program is started with to sign in at a terminal; None where it offers
    no such way. `variables` are environment names it wants instead.
    """

    method_id: str
    name: str
    description: str = ""
    args: tuple[str, ...] | None = None
    variables: tuple[str, ...] = ()
    link: str = ""


@dataclass(frozen=True, slots=True)
class AgentFacts:
    """What `initialize` told of the agent."""

    name: str = ""
    version: str = ""
    auth_methods: tuple[AuthMethod, ...] = ()
    loads: bool = False
    resumes: bool = False
    forks: bool = False
    closes: bool = False
    images: bool = False
    embedded_context: bool = False
    mcp_http: bool = False


@dataclass(frozen=True, slots=True)
class AgentModel:
    """A model the agent offers. `key` is what clients see, `model_id` what the agent calls it."""

    key: ModelId
    model_id: str
    name: str
    context_tokens: int = 0


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """A session as the agent opened it.

    `model_option` and `mode_option` name the configuration options that choose; "" means the older
    methods do (`session/set_model`, `session/set_mode`).
    """

    session_id: str
    models: tuple[AgentModel, ...] = ()
    model_id: str = ""
    model_option: str = ""
    modes: tuple[str, ...] = ()
    mode_id: str = ""
    mode_option: str = ""


def parse_agent(value: Any) -> AgentFacts:
    """Read the answer to `initialize`. Raises UpstreamError for a newer protocol than ours.

    A prompt of version 2 is answered before the turn: read as version 1 every answer were empty.
    """
    greeting = _table(value)
    version = greeting.get("protocolVersion")
    if isinstance(version, int) and version > VERSION:
        raise UpstreamError(
            f"the agent speaks version {version} of the agent protocol and not {VERSION}: use a"
            f" version of it that speaks {VERSION}"
        )
    can = _table(greeting.get("agentCapabilities"))
    prompts = _table(can.get("promptCapabilities"))
    sessions = _table(can.get("sessionCapabilities"))
    info = _table(greeting.get("agentInfo"))
    return AgentFacts(
        name=_text(info.get("title") or info.get("name"))[:100],
        version=_text(info.get("version"))[:100],
        auth_methods=tuple(_auth_methods(greeting.get("authMethods"))),
        loads=can.get("loadSession") is True,
        resumes=_declared(sessions, "resume"),
        forks=_declared(sessions, "fork"),
        closes=_declared(sessions, "close"),
        images=prompts.get("image") is True,
        embedded_context=prompts.get("embeddedContext") is True,
        mcp_http=_table(can.get("mcpCapabilities")).get("http") is True,
    )


def parse_session(value: Any, session_id: str = "") -> SessionFacts | None:
    """Read the answer to `session/new` and its like; None when it names no session."""
    answer = _table(value)
    session_id = _text(answer.get("sessionId")) or session_id
    if not session_id:
        return None
    facts = SessionFacts(session_id)
    models = _table(answer.get("models"))
    if offered := [_table(item) for item in _items(models.get("availableModels"))]:
        known = tuple(_model(_text(m.get("modelId")), m) for m in offered if m.get("modelId"))
        facts = replace(facts, models=known, model_id=_text(models.get("currentModelId")))
    modes = _table(answer.get("modes"))
    if offered := [_table(item) for item in _items(modes.get("availableModes"))]:
        names = tuple(_text(mode.get("id")) for mode in offered if mode.get("id"))
        facts = replace(facts, modes=names, mode_id=_text(modes.get("currentModeId")))
    for option in (_table(item) for item in _items(answer.get("configOptions"))):
        facts = _with_option(facts, option)
    return replace(facts, models=tuple(_distinct(facts.models)))


def upstream_models(
    facts: SessionFacts, agent: AgentFacts, wanted: tuple[str, ...], *, fallback: str
) -> tuple[UpstreamModel, ...]:
    """The models to offer: those in `wanted` (keys, ids or names), or all; the default first.

    An agent that lists none has one, called as the first of `wanted`, else `fallback`.
    """
    if not facts.models:
        key = ModelId(wanted[0] if wanted else fallback)
        return (UpstreamModel(key, str(key), vision=agent.images, is_default=True),)
    chosen = [model for model in facts.models if not wanted or _is_one_of(model, wanted)]
    default = next(
        (m for m in chosen if m.model_id == facts.model_id), chosen[0] if chosen else None
    )
    if wanted and chosen:
        default = next((m for m in chosen if _is_one_of(m, wanted[:1])), default)
    found = [
        UpstreamModel(
            key=model.key,
            display_name=model.name,
            context_tokens=model.context_tokens,
            vision=agent.images,
            is_default=model is default,
            own_id=model.model_id if model.model_id != model.key else "",
        )
        for model in chosen
    ]
    return tuple(sorted(found, key=lambda model: not model.is_default))


def login_message(program: str, agent: AgentFacts, command: Sequence[str]) -> str:
    """The sentence that says how to sign in to this agent, with a `command` that can be copied."""
    if command:
        joined = subprocess.list2cmdline if sys.platform == "win32" else shlex.join
        return f"{program} is not signed in: run `{joined(command)}`, or sign in from the gateway"
    ways = "; ".join(
        f"{method.name}: {method.description}" if method.description else method.name
        for method in agent.auth_methods
    )
    return f"{program} is not signed in" + (f"; its ways: {ways}"[:MAX_TEXT] if ways else "")


# --- pieces ---


def _auth_methods(value: Any) -> Iterator[AuthMethod]:
    for method in (_table(item) for item in _items(value)):
        method_id = _text(method.get("id"))
        if not method_id:
            continue
        meta = _table(method.get("_meta"))
        # A terminal method says so itself, or, before the schema knew, in its _meta.
        place = method if method.get("type") == "terminal" else meta
        terminal = place.get("type") == "terminal"
        variables = [_text(_table(item).get("name")) for item in _items(method.get("vars"))]
        yield AuthMethod(
            method_id,
            _text(method.get("name")) or method_id,
            _text(method.get("description"))[:MAX_TEXT],
            tuple(_text(arg) for arg in _items(place.get("args"))) if terminal else None,
            tuple(name for name in variables if name),
            _text(method.get("link"))[:MAX_TEXT],
        )


def _with_option(facts: SessionFacts, option: Mapping[str, Any]) -> SessionFacts:
    option_id = _text(option.get("id"))
    kind = option.get("category") or option_id
    if not option_id or option.get("type", "select") != "select":
        return facts
    entries = list(_options(option.get("options")))
    current = _text(option.get("currentValue"))
    if kind == "model" and not facts.model_option:
        models = facts.models or tuple(_model(_text(e.get("value")), e) for e in entries)
        known = facts.model_id or current
        return replace(facts, models=models, model_id=known, model_option=option_id)
    if kind == "mode" and not facts.mode_option:
        modes = facts.modes or tuple(_text(entry.get("value")) for entry in entries)
        known = facts.mode_id or current
        return replace(facts, modes=modes, mode_id=known, mode_option=option_id)
    return facts


def _options(value: Any) -> Iterator[Mapping[str, Any]]:
    """Yield a select's options, those in groups too."""
    for entry in (_table(item) for item in _items(value)):
        if "options" in entry:
            yield from _options(entry["options"])
        elif entry.get("value"):
            yield entry


def _model(model_id: str, entry: Mapping[str, Any]) -> AgentModel:
    name = _text(entry.get("name")) or model_id
    # Ids such as "$runtime|openai|m(openai)" are the agent's own affair; its name says it better.
    key = model_id if _PLAIN_ID.fullmatch(model_id) or not _PLAIN_ID.fullmatch(name) else name
    limit = _table(entry.get("_meta")).get("contextLimit")
    return AgentModel(ModelId(key), model_id, name, limit if isinstance(limit, int) else 0)


def _distinct(models: tuple[AgentModel, ...]) -> Iterator[AgentModel]:
    """Give a model whose key another has already its id as key."""
    seen: set[str] = set()
    for model in models:
        if model.key in seen:
            model = replace(model, key=ModelId(model.model_id))
        if model.key not in seen:
            seen.add(model.key)
            yield model


def _is_one_of(model: AgentModel, wanted: tuple[str, ...]) -> bool:
    names = {model.key.lower(), model.model_id.lower(), model.name.lower()}
    return any(name.lower() in names for name in wanted)


def _declared(capabilities: Mapping[str, Any], name: str) -> bool:
    return capabilities.get(name) not in (None, False)


def _table(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
