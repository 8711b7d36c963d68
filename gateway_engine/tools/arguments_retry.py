"""The one retry for arguments that broke off after the call's name was out. Pure.

The model is asked for the arguments alone; what it answers must agree with the part a client has
already seen, and then only the rest is sent.
"""

from typing import Final

from gateway_engine.conversation import ToolCallArguments, ToolSpec
from gateway_engine.json_text import InvalidJsonError, parse, render
from gateway_engine.tools.lenient_json import Kind, LenientReader, Token, key_of
from gateway_engine.tools.parser import AnswerParser
from gateway_engine.tools.parser_events import ArgumentsBroken
from gateway_engine.tools.repair import Entry, Repaired, repair_arguments, split_entries
from gateway_engine.tools.top_level import TopLevel, top_level

_MAX_TRIES: Final = 8
"""Braces of the answer at which an object may begin, before it is given up."""


def ask_for_arguments(broken: ArgumentsBroken, tool: ToolSpec) -> str:
    """Return the instruction that asks upstream for the arguments of this call alone."""
    name = render(tool.name).decode()
    lines = [
        f"Your call of the tool {name} could not be used: {'; '.join(broken.reasons)}.",
        "Answer with the complete parameters of that one call and nothing else: one strict JSON"
        " object, no fence, no words before or after it.",
    ]
    if len(broken.emitted) > 1:
        lines.append(
            "Its beginning was already passed on. Start with exactly these characters and complete"
            f" them:\n{broken.emitted}"
        )
    return "\n".join(lines)


def complete_arguments(broken: ArgumentsBroken, answer: str, tool: ToolSpec) -> str | None:
    """Return the text that makes `broken.emitted` whole, or None: then the turn has failed.

    `answer` may hold the object alone, in a fence, among words, as a call, or only its rest.
    """
    schema = top_level(tool.schema)
    for repaired in _objects(broken, answer, tool, schema):
        rest = _rest(broken.emitted, repaired)
        if rest is not None:
            return rest
    return None


def _objects(
    broken: ArgumentsBroken, answer: str, tool: ToolSpec, schema: TopLevel
) -> list[Repaired]:
    texts: list[str] = []
    parser = AnswerParser((tool,), str, parallel=False)
    events = [*parser.feed(answer), *parser.finish()]
    if parser.calls:
        texts.append("".join(e.text for e in events if isinstance(e, ToolCallArguments)))
    at = answer.find("{")
    tries = 0
    while at >= 0 and tries < _MAX_TRIES:
        reader = LenientReader()
        end = at
        while end < len(answer) and not reader.done and not reader.broken:
            end = reader.feed(answer, end, [])
        if reader.done:
            texts.append(answer[at:end])
        at = answer.find("{", end if reader.done else at + 1)
        tries += 1
    texts.append(broken.emitted + answer)
    outcomes = (repair_arguments(text, schema) for text in texts)
    return [outcome for outcome in outcomes if isinstance(outcome, Repaired)]


def _rest(emitted: str, repaired: Repaired) -> str | None:
    if repaired.text.startswith(emitted):
        return repaired.text[len(emitted) :]
    whole = _entries(repaired.text)
    texts = {entry.key: entry for entry in whole}
    done, key, begun = _begun(emitted)
    for entry in done:
        if entry.key not in texts or _differ(entry.value, texts[entry.key].value):
            return None
    if key is None or key not in texts:
        return None
    value_rest = _value_rest(begun, texts[key].value)
    if value_rest is None:
        return None
    seen = {key, *(entry.key for entry in done)}
    others = [f", {entry.name}{entry.value}" for entry in texts.values() if entry.key not in seen]
    return "".join([value_rest, *others, "}"])


def _entries(text: str) -> list[Entry]:
    return split_entries(_tokens(text))[0]


def _tokens(text: str) -> list[Token]:
    reader = LenientReader()
    tokens: list[Token] = []
    index = 0
    while index < len(text) and not reader.done and not reader.broken:
        index = reader.feed(text, index, tokens)
    return tokens


def _begun(emitted: str) -> tuple[list[Entry], str | None, str]:
    """Return the whole entries of arguments that broke off, the last key and its value so far."""
    tokens = _tokens(emitted)
    last = max(
        (at for at, token in enumerate(tokens) if token.kind is Kind.KEY and token.depth == 1),
        default=-1,
    )
    if last < 0:
        return [], None, ""
    # What was sent is strict, so the tokens' texts are its characters.
    start = sum(len(token.text) for token in tokens[: last + 1])
    colon = emitted.index(":", start)
    closed = [*tokens[:last], Token(Kind.CLOSE, "}", 0, False)]
    return split_entries(closed)[0], key_of(tokens[last]), emitted[colon + 1 :].strip(" \t\r\n")


def _value_rest(begun: str, whole: str) -> str | None:
    if whole.startswith(begun):
        return whole[len(begun) :]
    if begun[:1] == '"' and whole[:1] == '"':
        seen, full = parse(begun + '"'), parse(whole)
        if full.startswith(seen):
            return render(full[len(seen) :]).decode()[1:]
        return None
    return None if _differ(begun, whole) else ""


def _differ(one: str, other: str) -> bool:
    try:
        return bool(parse(one) != parse(other))
    except InvalidJsonError:
        return True
