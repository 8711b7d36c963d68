r"""The object that makes a call, while it streams: which tool, and its arguments. Pure.

The object has a string `tool` (or `name`) and an object or JSON string `parameters` (or
`arguments`, `input`), keys in any order. A `name` that is no declared tool is taken for an extra
key; a `tool` that is none decides at once that this is no call. Other keys are ignored, or, where
the object must be `exact`, decide the same.

States::

    READING --- object whole, call found -----------------------> CLOSED
       |  \---- whole or beyond mending, and no call in it ------> HOPELESS
       |   \--- beyond mending after the arguments were whole ---> CLOSED, `torn`
       \------- beyond mending, name known, arguments not whole -> SPOILT
"""

from collections.abc import Mapping
from enum import Enum, auto
from typing import Final

from gateway_engine.json_text import parse
from gateway_engine.tools.arguments import ArgumentStream
from gateway_engine.tools.lenient_json import Kind, LenientReader, Token, key_of
from gateway_engine.tools.top_level import TopLevel

_ARGUMENT_KEYS: Final = ("parameters", "arguments", "input")
_NO_ARGUMENTS: Final = "{}"


class CallState(Enum):
    """How far the object is; see the module's docstring."""

    READING = auto()
    CLOSED = auto()
    HOPELESS = auto()
    SPOILT = auto()


class CallObject:
    """Reads one object from its opening brace. `name` is set once it is known and declared."""

    def __init__(self, tools: Mapping[str, TopLevel], *, exact: bool) -> None:
        self.state = CallState.READING
        self.reason = ""
        self.name = ""
        self.torn = False
        self.extra_keys = False
        self.arguments: ArgumentStream | None = None
        """Set with the name."""
        self._tools = tools
        self._exact = exact
        self._reader = LenientReader()
        self._key = ""
        self._kept: list[Token] = []  # arguments that came before the name
        self._kept_text: str | None = None
        self._has_arguments = False
        self._in_arguments = False
        self._string: list[str] | None = None  # a string value of this object, as strict JSON

    def feed(self, text: str, start: int) -> int:
        """Read on from `text[start]`; return the first index not read.

        Returns whenever something may have been decided: call again while READING.
        """
        tokens: list[Token] = []
        index = self._reader.feed(text, start, tokens)
        for token in tokens:
            self._token(token)
        if self._reader.broken and self.state is CallState.READING:
            self._broke()
        return index

    def _token(self, token: Token) -> None:
        if self.state is not CallState.READING:
            return
        if self._in_arguments:
            self._argument_token(token)
        elif token.depth == 0:
            if token.kind is Kind.CLOSE:
                self._closed()
        elif token.depth > 1:
            pass  # inside the value of an extra key
        elif token.kind is Kind.KEY:
            self._key = key_of(token)
        elif token.kind is Kind.STRING_START:
            wanted = self._names_tool() or self._is_arguments()
            self._string = ['"'] if wanted else None
            if not wanted:
                self._extra()
        elif token.kind is Kind.STRING_CHUNK:
            if self._string is not None:
                self._string.append(token.text)
        elif token.kind is Kind.STRING_END:
            if self._string is not None:
                value: str = parse("".join([*self._string, '"']))
                self._string = None
                self._string_value(value)
        elif token.kind in (Kind.OPEN, Kind.SCALAR):
            self._other_value(token)

    def _names_tool(self) -> bool:
        return self._key in ("tool", "name") and not self.name

    def _is_arguments(self) -> bool:
        return self._key in _ARGUMENT_KEYS and not self._has_arguments

    def _string_value(self, value: str) -> None:
        if self._key in _ARGUMENT_KEYS:
            self._has_arguments = True
            value = value if value.strip() else _NO_ARGUMENTS
            if self.arguments is None:
                self._kept_text = value
            else:
                self.arguments.replace(value)
        elif value in self._tools:
            self._named(value)
        elif self._key == "tool":
            self._hopeless("unknown_tool")
        else:
            self._extra()

    def _named(self, name: str) -> None:
        self.name = name
        self.arguments = ArgumentStream(self._tools[name])
        for token in self._kept:
            self.arguments.add(token)
        if self._kept_text is not None:
            self.arguments.replace(self._kept_text)
        self._kept.clear()

    def _other_value(self, token: Token) -> None:
        if self._key == "tool" and not self.name:
            self._hopeless("no_tool_named")
        elif not self._is_arguments():
            self._extra()
        elif token.text == "{":
            self._has_arguments = True
            self._in_arguments = True
            self._argument_token(token)
        elif token.text == "null":
            self._string_value(_NO_ARGUMENTS)
        elif self.arguments is None or self._exact:
            self._hopeless("arguments_no_object")
        else:
            self._has_arguments = True
            self.arguments.problem = ("the arguments are not a JSON object",)

    def _argument_token(self, token: Token) -> None:
        if self.arguments is None:
            self._kept.append(token)
        else:
            self.arguments.add(token)
        if token.depth == 1 and token.kind is Kind.CLOSE:
            self._in_arguments = False

    def _extra(self) -> None:
        self.extra_keys = True
        if self._exact:
            self._hopeless("extra_keys")

    def _closed(self) -> None:
        if self.arguments is None:
            self._hopeless("no_tool_named")
        elif not self._has_arguments and self._exact:
            self._hopeless("no_arguments")
        else:
            if not self._has_arguments:
                self.arguments.replace(_NO_ARGUMENTS)
                self.arguments.notes += ("the call had no arguments",)
            self.state = CallState.CLOSED

    def _hopeless(self, reason: str) -> None:
        self.state = CallState.HOPELESS
        self.reason = reason

    def _broke(self) -> None:
        self.reason = self._reader.broken
        if self.arguments is None:
            self._hopeless("not_json")
        elif self.arguments.whole:
            self.torn = True
            self.state = CallState.CLOSED
        else:
            self.state = CallState.SPOILT
