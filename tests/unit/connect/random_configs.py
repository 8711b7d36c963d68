"""Settings files written at random, and readers of our own to say what they mean.

Nothing here is shared with the code under test, nor with `configs`: the texts come of a plain
random generator, the readers are other parsers.
"""

import json
import random
import tomllib
from typing import Any

import yaml

KEYS = ("theme", "größe", "字体", "a b", "x.y", "#no", "null", "true", "emoji😀", "-", "env2")
WORDS = ("", "x", "# no comment", "// none", "/* no */", 'say "hi"', "it's", "tab\there", "C:\\dir",
         "http://h:1/p?q#f", "naïve", "名字", "😀", "{", "]", "- x", "key: value", "*a", "&b",
         "\u2028", "\x7f", "yes", "1e3", "0x1f", "~")  # fmt: skip
SAID = ("mine", "why: because", 'a "quote"', "'", "{ [", "],", "字", "# twice", "// and /* so")


class Writer:
    """Draws a file in one form, the user's keys only; `taken` are roots that hold keys of ours."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.newline = self.random.choice(("\n", "\n", "\r\n"))
        self.tab = self.random.choice(("  ", "    ", "\t"))
        self.count = 0

    def some(self, of: int = 4) -> bool:
        return self.random.randrange(of) == 0

    def name(self) -> str:
        self.count += 1
        return f"{self.random.choice(KEYS)}{self.count}"

    def scalar(self) -> Any:
        kinds = (None, True, False, 0, -7, 1.5, 10**18, *WORDS)
        return self.random.choice(kinds)

    def value(self, depth: int = 0) -> Any:
        kind = self.random.randrange(6)
        if depth > 2 or kind < 3:
            return self.scalar()
        if kind == 3:
            return [self.value(depth + 1) for _ in range(self.random.randrange(4))]
        return {self.name(): self.value(depth + 1) for _ in range(self.random.randrange(4))}

    def comment(self, sign: str) -> str:
        self.count += 1
        return f"{sign} {self.random.choice(SAID)} {self.count}"

    # --- JSON with comments ---

    def jsonc(self, *, plain: bool = False) -> str:
        pairs = [(self.name(), self.value()) for _ in range(self.random.randrange(6))]
        mark = self.random.choice(("", "", "\ufeff"))
        head = "" if plain or self.some(2) else self.comment("//") + "\n"
        tail = self.random.choice(("", "\n", "\n\n"))
        text = mark + head + self._jsonc(dict(pairs), 0, plain) + tail
        return text.replace("\n", self.newline)

    def _jsonc(self, value: Any, depth: int, plain: bool) -> str:
        if not isinstance(value, dict | list):
            return json.dumps(value, ensure_ascii=self.some())
        is_map = isinstance(value, dict)
        opening, closing = "{}" if is_map else "[]"
        if not value:
            return opening + ("" if plain or self.some(2) else " /* empty */ ") + closing
        inner, lines = "\n" + self.tab * (depth + 1), []
        for number, key in enumerate(value if is_map else range(len(value))):
            text = self._jsonc(value[key], depth + 1, plain)
            if is_map:
                text = json.dumps(key, ensure_ascii=False) + self.random.choice((":", ": ")) + text
            last = number == len(value) - 1
            text += "," if not last or (not plain and self.some(3)) else ""
            if not plain and self.some():
                text = self.comment("//") + inner + text
            if not plain and self.some():
                text += " " + self.comment("//")
            lines.append(text)
        return opening + inner + inner.join(lines) + "\n" + self.tab * depth + closing

    # --- TOML ---

    def toml(self) -> str:
        lines: list[str] = []
        for _ in range(self.random.randrange(5)):
            self._toml_pair(lines)
        for _ in range(self.random.randrange(4)):
            if self.some():
                lines.append("")
            name = json.dumps(self.name(), ensure_ascii=False)
            header = self.random.choice((f"[{name}]", f"[ {name} . sub ]", f"[[{name}]]"))
            lines.append(header + (" " + self.comment("#") if self.some() else ""))
            for _ in range(self.random.randrange(3)):
                self._toml_pair(lines)
        text = self.newline.join("\n".join(lines).split("\n"))
        end = self.newline if self.some(2) else ""
        return self.random.choice(("", "", "\ufeff")) + text + (end if lines else "")

    def _toml_pair(self, lines: list[str]) -> None:
        if self.some(3):
            lines.append(self.random.choice(("", "\t")) + self.comment("#"))
        name = json.dumps(self.name(), ensure_ascii=False).replace("\x7f", "\\u007F")
        value = self._toml(self.value(1))
        end = " " + self.comment("#") if self.some(3) else ""
        lines.append(f"{self.random.choice(('', ' ', chr(9)))}{name} = {value}{end}")

    def _toml(self, value: Any) -> str:
        if value is None:
            return "1979-05-27"
        if isinstance(value, list):
            items = [self._toml(item) for item in value]
            if items and self.some(2):
                return "[ # list\n" + "".join(f"\t{item}, # item\n" for item in items) + "]"
            return "[" + ", ".join(items) + "]"
        if isinstance(value, dict):
            pairs = (f"{json.dumps(k, ensure_ascii=False)} = {self._inline(v)}"
                     for k, v in value.items())  # fmt: skip
            return "{ " + ", ".join(pairs) + " }"
        if isinstance(value, str) and self.some() and "'" not in value and value.isprintable():
            return f"'{value}'"
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")

    def _inline(self, value: Any) -> str:
        return self._toml(value if not isinstance(value, list | dict) else "flat")

    # --- YAML ---

    def yaml(self) -> str:
        lines: list[str] = [self.comment("#")] if self.some(2) else []
        if self.some(6):
            lines.append("---")
        for _ in range(self.random.randrange(6)):
            if self.some(3):
                lines.append(self.comment("#"))
            self._yaml_pair(lines)
            if self.some(5):
                lines.append("")
        text = self.newline.join(lines)
        return text + (self.newline if lines and not self.some() else "")

    def _yaml_pair(self, lines: list[str]) -> None:
        name = json.dumps(self.name(), ensure_ascii=False).replace("\x7f", "\\x7f")
        kind = self.random.randrange(5)
        end = " " + self.comment("#") if self.some(3) else ""
        if kind == 0:
            lines += [f"{name}: |{end}", "  text: of many", "  # lines"]
        elif kind == 1:
            lines.append(f"{name}:{end}")
            lines += [
                f"  - {self._flow(self.scalar())}" for _ in range(1 + self.random.randrange(2))
            ]
        elif kind == 2:
            lines.append(f"{name}:{end}")
            lines.append(f"    inner: {self._flow(self.value(1))}")
        else:
            lines.append(f"{name}: {self._flow(self.value(1))}{end}")

    def _flow(self, value: Any) -> str:
        return json.dumps(value, ensure_ascii=True)


def written(form: str, seed: int, *, plain: bool = False) -> str:
    """A file at random."""
    writer = Writer(seed)
    if form == "jsonc":
        return writer.jsonc(plain=plain)
    return writer.toml() if form == "toml" else writer.yaml()


def meaning(form: str, text: str) -> Any:
    """What the text says, by another parser than the code under test uses to find positions."""
    text = text.removeprefix("\ufeff")
    if form == "toml":
        return tomllib.loads(text.replace("\r\n", "\n"))
    if form == "yaml":
        return yaml.safe_load(text)
    return json.loads(_bare(text)) if text.strip() else {}


def _bare(text: str) -> str:
    """JSON without comments and trailing commas, character by character."""
    out: list[str] = []
    position = 0
    while position < len(text):
        char = text[position]
        if char == '"':
            end = position + 1
            while text[end] != '"':
                end += 2 if text[end] == "\\" else 1
            out.append(text[position : end + 1])
            position = end + 1
        elif text.startswith("//", position):
            while position < len(text) and text[position] not in "\r\n":
                position += 1
        elif text.startswith("/*", position):
            position = text.index("*/", position) + 2
        else:
            if char in "}]":
                while out and not out[-1].strip():
                    out.pop()
                if out and out[-1] == ",":
                    out.pop()
            out.append(char)
            position += 1
    return "".join(out)


def comments(form: str, text: str) -> list[str]:
    """The numbered comments that `written` has put there, as far as they still stand."""
    sign = "//" if form == "jsonc" else "#"
    return [f"{sign} {said} {n}" for n in range(400) for said in SAID
            if f"{sign} {said} {n}" in text]  # fmt: skip
