"""Random settings files as people keep them: odd layout, comments, keys of ours that hold old
values, and one mark at which the user goes on editing.
"""

import json
import re
from typing import Any

from hypothesis import strategies as st

from gateway_engine.splicing.edits import Edit, Item

MARK = "mark-4711"
WORDS = ("note", "a, b", '"quoted', "{[")
NAMES = ("alpha", "beta", "theme", "αβ", "a b", "model", "env", "provider", "k#x", "u//v")
TEXTS = ("", "x", "# no comment", "// none", "it's", 'say "hi"', "a,}", "naïve 😀", "back\\slash")

JSON_EDITS = (
    Edit(("env", "URL"), "http://127.0.0.1:8317"),
    Edit(("env", "TOKEN"), "lgw-secret"),
    Edit(("provider", "ours"), {"npm": "n", "options": {"url": "u", "list": [1, {"a": None}]}}),
    Edit(("model",), "ours/auto"),
    Edit(("list", "inner", Item("name", "Ours")), {"name": "Ours", "id": 1}),
)
TOML_EDITS = (
    Edit(("model",), "auto"),
    Edit(("model_provider",), "ours"),
    Edit(("model_providers", "ours", "name"), 'Our "own"'),
    Edit(("model_providers", "ours", "url"), "http://127.0.0.1:8317/v1"),
    Edit(("flag",), True),
)
YAML_EDITS = (
    Edit(("model",), "openai/auto"),
    Edit(("openai-api-base",), "http://127.0.0.1:8317/v1"),
    Edit(("models", Item("name", "Ours")), {"name": "Ours", "roles": ["chat"], "url": "u: #x"}),
)

scalars = st.one_of(
    st.none(), st.booleans(), st.integers(-9, 9), st.sampled_from(TEXTS), st.just(1.5)
)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(("p", "q", "r s")), inner, max_size=3),
    ),
    max_leaves=5,
)


def _some(**fields: Any) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=fields)


json_data = st.builds(
    lambda *parts: {key: value for part in parts for key, value in part.items()},
    st.dictionaries(
        st.sampled_from([n for n in NAMES if n not in ("env", "provider")]), values, max_size=4
    ),
    _some(
        env=_some(URL=st.just("http://old"), TOKEN=scalars, other=values),
        provider=_some(ours=_some(npm=scalars, mine=values), theirs=values),
        model=scalars,
        list=_some(
            inner=st.lists(st.sampled_from([{"name": "Theirs"}, {"name": "x", "y": [1]}, 3]))
        ),
    ),
)


class Layout:
    """Draws where blanks, line ends and comments go."""

    def __init__(self, draw: st.DrawFn, newline: str) -> None:
        self._draw = draw
        self.newline = newline
        self.marked = False

    def chance(self, of: int = 4) -> bool:
        """True once in so many."""
        return self._draw(st.integers(0, of - 1)) == 0

    def pick(self, *choices: str) -> str:
        """One of these."""
        return self._draw(st.sampled_from(choices))

    def comment(self, sign: str) -> str:
        """Words of a comment; the first one may hold the mark."""
        if not self.marked and self.chance(2):
            self.marked = True
            return f"{sign} {MARK}"
        return f"{sign} {self.pick(*WORDS)}"


@st.composite
def jsonc_texts(draw: st.DrawFn) -> str:
    """JSON with comments and trailing commas, sometimes empty."""
    layout = Layout(draw, draw(st.sampled_from(["\n", "\r\n"])))
    data = draw(json_data)
    if not data and layout.chance():
        return layout.pick("", "\n", "// nothing yet\n", "\ufeff")
    multi = not layout.chance(5)
    indent = layout.pick("  ", "    ", "\t")
    text = _jsonc(layout, data, multi, indent, "")
    head = layout.pick("", "\ufeff") + (
        layout.comment("//") + layout.newline if layout.chance() else ""
    )
    return head + text + layout.pick("", layout.newline)


def _jsonc(layout: Layout, value: Any, multi: bool, unit: str, indent: str) -> str:
    if not isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=layout.chance())
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    if not value:
        return opening + closing
    multi = multi and not layout.chance(4)
    inner = indent + unit
    parts = []
    names = list(value) if isinstance(value, dict) else [None] * len(value)
    for name, each in zip(names, value.values() if isinstance(value, dict) else value, strict=True):
        text = "" if name is None else json.dumps(name) + layout.pick(":", ": ", " : ")
        text += _jsonc(layout, each, multi, unit, inner)
        if multi and layout.chance(5):
            text = f"{layout.comment('//')}{layout.newline}{inner}{text}"
        if layout.chance(8):
            text = f"/* {layout.pick('c', '//', 'x, y')} */ {text}"
        parts.append(text)
    if not multi:
        comma = layout.pick(", ", ",")
        edge = layout.pick("", " ")
        return opening + edge + comma.join(parts) + edge + closing
    text = opening + (f" {layout.comment('//')}" if layout.chance(6) else "")
    for number, part in enumerate(parts):
        last = number == len(parts) - 1
        text += layout.newline + inner + part
        text += "," if not last or layout.chance() else ""
        text += f" {layout.comment('//')}" if layout.chance(5) else ""
    return text + layout.newline + indent + closing


@st.composite
def toml_texts(draw: st.DrawFn) -> str:
    """TOML with what people write into Codex's settings."""
    layout = Layout(draw, draw(st.sampled_from(["\n", "\r\n"])))
    lines: list[str] = []

    def put(*found: str) -> None:
        if layout.chance(3):
            lines.append(layout.comment("#"))
        lines.extend(found)
        if layout.chance(5):
            lines.append("")

    top = {
        "model": 'model = "o3"', "model_provider": "model_provider = 'old' # mine",
        "flag": "flag=false", "quoted": '"a b" = [1, 2] # list',
        "long": 'long = """\nmodel = "no"\n[table]\n"""',
        "array": "array = [ # first\n  'x', # ]\n  \"#\",\n]", "dotted": "tui.theme = 'dark'",
        "inline": "inline = { a = '}', b = [1] }", "date": "date = 1979-05-27T07:32:00Z",
    }  # fmt: skip
    for name in draw(st.lists(st.sampled_from(sorted(top)), unique=True, max_size=5)):
        put(*top[name].split("\n"))
    tables = {
        "projects": ['[projects."/home/me/x"]', 'trust_level = "trusted"'],
        "other": ["[model_providers.other]", "name = 'o' # theirs", 'url = "u"'],
        "ours": ["[ model_providers . ours ]", 'url = "old"', "extra = 1"],
        "servers": ["[[servers]]", "model = 'in an array'", "", "[[servers]]", "n = 2"],
        "sub": ["[mcp.one.env]", 'A = "#"'],
    }
    for name in draw(st.lists(st.sampled_from(sorted(tables)), unique=True, max_size=4)):
        put(*tables[name])
    text = layout.newline.join(lines)
    mark = "\ufeff" if layout.chance(6) else ""
    return mark + text + (layout.newline if lines and not layout.chance(4) else "")


@st.composite
def yaml_texts(draw: st.DrawFn) -> str:
    """YAML with what people write into the settings of Continue and aider."""
    layout = Layout(draw, draw(st.sampled_from(["\n", "\r\n"])))
    blocks = {
        "name": ["name: My Config # mine"], "version": ["version: 1.0.0"],
        "model": [layout.pick("model: gpt-4o # best", "model: 'x'", 'model: "y"')],
        "models": [
            "models:" + layout.pick("", " # all of them"),
            *layout.pick(
                "  # first|  - name: Theirs|    roles: [chat, # c|      edit]|    n: 1 # one",
                "- name: a|- name: b|  deep:|    x: |-|      text".replace("x: |-", "x: y"),
            ).split("|"),
        ],
        "flow": ["models: [{name: q, n: 1}]"], "none": ["models: []"],
        "read": ["read:", "  - CONVENTIONS.md", "  - 'a: b'"],
        "text": ["text: |", "  model: no", "  # not a comment", "end: 1"],
        "anchor": ["base: &b {x: 1}", "use: *b"],
    }  # fmt: skip
    chosen = draw(st.lists(st.sampled_from(sorted(blocks)), unique=True, max_size=5))
    if sum(name in ("models", "flow", "none") for name in chosen) > 1:
        chosen = [name for name in chosen if name not in ("flow", "none")]
    lines: list[str] = []
    for name in chosen:
        if layout.chance(3):
            lines.append(layout.comment("#"))
        lines.extend(blocks[name])
    text = layout.newline.join(lines)
    return text + (layout.newline if lines and not layout.chance(4) else "")


def edited(text: str, addition: str) -> str:
    """The user goes on at the mark: a line of theirs after the comment that holds it."""
    return re.sub(rf"({MARK}[^\r\n]*\r?\n[ \t]*)", lambda m: m[1] + addition, text, count=1)


def jsonc_comments(text: str) -> list[str]:
    """Every comment, in order."""
    found = re.findall(r'"(?:[^"\\]|\\.)*"|(//[^\r\n]*|/\*.*?\*/)', text, re.DOTALL)
    return [comment.rstrip() for comment in found if comment]
