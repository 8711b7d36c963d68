"""A call's arguments made to fit: strict JSON, and the schema's top level. Pure, invents nothing.

`repair_arguments` takes what a model wrote for one call and returns the JSON text of an object, or
the reasons why that cannot be had without guessing. Besides what `lenient_json` mends:

* JSON inside a string is unpacked, once;
* a value of a type the schema does not allow is changed where only one reading exists: `"3"` → 3
  and `"true"` → true (where no string is allowed), 3 → `"3"` and true → `"true"` (where only a
  string is), `"[1]"` → [1] and `"{}"` → {} (where no string is);
* null for a key that is not required and may not be null is left out: that is what it means.

What needs no change is kept byte for byte, spaces included, so text that was strict and fitting
when it was sent on is a prefix of what comes out.
"""

from dataclasses import dataclass
from typing import Final

from gateway_engine.json_text import InvalidJsonError, parse, render
from gateway_engine.tools.lenient_json import Kind, LenientReader, Token, join_strict, key_of
from gateway_engine.tools.top_level import TopLevel

_SEPARATORS: Final = (Kind.COLON, Kind.COMMA, Kind.SPACE)
_BLANK: Final = " \t\r\n\ufeff"


@dataclass(frozen=True, slots=True)
class Repaired:
    """`text` is one strict JSON object. `notes` say what was changed, never what it held."""

    text: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unrepairable:
    """`reasons` are clauses a model can act on, like `"path" is missing`."""

    reasons: tuple[str, ...]


def repair_arguments(text: str, schema: TopLevel) -> Repaired | Unrepairable:
    """Return the arguments `text` means, fitting `schema`, or why it means none."""
    return _repair(text, schema, unpack=True)


def _repair(text: str, schema: TopLevel, *, unpack: bool) -> Repaired | Unrepairable:
    text = text.strip(_BLANK)
    if unpack and text[:1] == '"':
        try:
            inner = parse(text)
        except InvalidJsonError:
            return Unrepairable(("the arguments are not JSON",))
        return _repair(str(inner), schema, unpack=False)
    if text[:1] != "{":
        return Unrepairable(("the arguments are not a JSON object",))
    reader = LenientReader()
    tokens: list[Token] = []
    index = 0
    while index < len(text) and not reader.done and not reader.broken:
        index = reader.feed(text, index, tokens)
    if reader.broken:
        return Unrepairable((f"the arguments are not JSON: {reader.broken}",))
    if not reader.done:
        return Unrepairable(("the arguments are cut off",))
    if text[index:].strip(_BLANK):
        return Unrepairable(("something follows the arguments",))
    notes = ("the JSON was mended",) if any(token.mended for token in tokens) else ()
    fitted = conform(tokens, schema)
    if isinstance(fitted, Unrepairable):
        return fitted
    return Repaired(fitted.text, notes + fitted.notes)


def conform(tokens: list[Token], schema: TopLevel) -> Repaired | Unrepairable:
    """Return the text of the object `tokens` spell, its values made to fit `schema`."""
    entries, tail = split_entries(tokens)
    pieces = ["{"]
    notes: list[str] = []
    reasons: list[str] = []
    for entry in entries:
        if not schema.knows(entry.key):
            reasons.append(f"{_quoted(entry.key)} is not a parameter")
            continue
        value = entry.value
        kind = kind_of(entry.first, value)
        if not schema.allows(entry.key, kind):
            if kind == "null" and entry.key not in schema.required:
                notes.append(f"{_quoted(entry.key)}: null was left out")
                continue
            coerced = _coerce(value, kind, schema.properties[entry.key] or frozenset())
            if coerced is None:
                wanted = " or ".join(sorted(schema.properties[entry.key] or ()))
                reasons.append(f"{_quoted(entry.key)} must be {wanted}, not {kind}")
                continue
            notes.append(f"{_quoted(entry.key)}: {kind} was changed to what the schema wants")
            value = coerced
        lead = entry.lead.replace(",", "", 1) if len(pieces) == 1 else entry.lead
        pieces += [lead, entry.name, value]
    reasons += [
        f"{_quoted(key)} is missing" for key in schema.missing({entry.key for entry in entries})
    ]
    if reasons:
        return Unrepairable(tuple(reasons))
    return Repaired("".join([*pieces, tail, "}"]), tuple(notes))


def kind_of(first: Token, text: str) -> str:
    """Return the JSON type of the value that begins with `first` and is spelled `text`."""
    if first.kind is Kind.STRING_START:
        return "string"
    if first.kind is Kind.OPEN:
        return "object" if first.text == "{" else "array"
    if text in ("true", "false"):
        return "boolean"
    if text == "null":
        return "null"
    if not any(char in text for char in ".eE"):
        return "integer"
    return "integer" if float(text).is_integer() else "number"


@dataclass(frozen=True, slots=True)
class Entry:
    """One key and its value. Joined, `lead`, `name` and `value` are the text as it stood."""

    lead: str  # the comma before the key, and the spaces
    key: str
    name: str  # the key as JSON, the colon, and the spaces up to the value
    first: Token
    value: str


def split_entries(tokens: list[Token]) -> tuple[list[Entry], str]:
    """Return the outermost object's entries, and the spaces before its end."""
    base = tokens[0].depth + 1
    entries: list[Entry] = []
    between: list[str] = []
    entry_tokens: tuple[str, Token, list[str], list[Token]] | None = None

    def end_entry() -> None:
        if entry_tokens is not None:
            lead, key, name, value = entry_tokens
            entries.append(Entry(lead, key_of(key), "".join(name), value[0], join_strict(value)))

    for token in tokens[1:-1]:
        if token.depth == base and token.kind is Kind.KEY:
            end_entry()
            entry_tokens = ("".join(between), token, [token.text], [])
            between.clear()
        elif entry_tokens is None:
            between.append(token.text)
        elif token.depth > base or token.kind not in _SEPARATORS:
            entry_tokens[3].append(token)
        elif entry_tokens[3]:
            between.append(token.text)
        else:
            entry_tokens[2].append(token.text)
    end_entry()
    return entries, "".join(between).replace(",", "")


def _coerce(value: str, kind: str, allowed: frozenset[str]) -> str | None:
    if kind == "string":
        inner = str(parse(value)).strip(_BLANK)
        try:
            meant = parse(inner)
        except InvalidJsonError:
            return None
        fits = (
            (isinstance(meant, bool) and "boolean" in allowed)
            or (_is_number(meant) and "number" in allowed)
            or (_is_number(meant) and float(meant).is_integer() and "integer" in allowed)
            or (isinstance(meant, dict) and "object" in allowed)
            or (isinstance(meant, list) and "array" in allowed)
        )
        return inner if fits else None
    if kind in ("integer", "number", "boolean") and allowed <= {"string", "null"}:
        return f'"{value}"'
    return None


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _quoted(key: str) -> str:
    return render(key).decode()
