"""Which of an agent's calls are of the client's tools, by what the agent names them. Pure.

Agents write the name of a hosted tool in ways of their own: `mcp__client-tools__add`,
`client_tools_add`, `add (client-tools MCP Server)`, `Tool: client-tools/add`.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

HARMLESS_KINDS: Final = ("other", "", None)
"""What agents call a tool of an MCP server; a shell command or an edit is never one."""


class OurTools:
    """The client's tools, offered to the agent as those of `server`."""

    def __init__(self, tools: Sequence[str], server: str) -> None:
        self._names = frozenset(tools)
        self._plain_names = frozenset(plain(tool) for tool in tools)
        # Many agents make all names letters, digits and underscores.
        escaped = re.sub(r"[\W_]", r"[\\W_]", server)
        self._forms = (
            re.compile(rf"(?:Tool: )?(?:mcp[\W_]+)?{escaped}[\W_]+(?P<name>[\w.-]+)"),
            re.compile(rf"(?P<name>[\w.-]+) \({escaped}\b.*", re.DOTALL),
        )

    def __contains__(self, name: str) -> bool:
        return name in self._names

    def named_by(self, call: Mapping[str, Any]) -> str:
        """The tool that the agent names under our server's name, made plain; else "".

        The bare name is not enough: a tool of the agent's own may have it too.
        """
        if not self._names or call.get("kind") not in HARMLESS_KINDS:
            return ""
        meta = call.get("_meta")
        named = (meta.get("toolName") if isinstance(meta, Mapping) else None, call.get("title"))
        found = (p.fullmatch(text) for text in named if isinstance(text, str) for p in self._forms)
        names = (plain(match["name"]) for match in found if match is not None)
        return next((name for name in names if name in self._plain_names), "")


def plain(name: str) -> str:
    """A name as agents with the narrowest alphabet write it."""
    return re.sub(r"\W", "_", name)
