"""The agents this program knows by name: how each is started so that it behaves as a model. Pure.

Measured: Qwen Code 0.15.10 (first model request of 15 KB instead of 78 KB; its `--bare` makes that
0.7 KB, but forgets the user's own sign-in, so it is the user's to add) and 0.24.4 (13 KB instead of
30 KB), opencode 1.18.33 (9 KB instead of 31 KB), Qoder CLI 1.1.52 (handshake and needs-login only)
and Gemini CLI 0.61.0.
"""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

PLAIN_PROMPT: Final = (
    "You are a language model that is asked through an API. Follow the instructions in the"
    " conversation; use the tools you are given when they help; answer with nothing else."
)


@dataclass(frozen=True, slots=True)
class Preset:
    """One agent. `args` start it as an ACP agent, with its own tools off where it lets us.

    `login` is the command line that signs in, after the program; () where there is none.
    """

    name: str
    program: str
    args: tuple[str, ...]
    title: str
    login: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)


_QWEN_TOOLS: Final = (
    "agent,task_stop,send_message,skill,list_directory,read_file,read_many_files,grep_search,glob,"
    "edit,write_file,run_shell_command,todo_write,save_memory,web_fetch,web_search,monitor,"
    "tool_search,ask_user_question,exit_plan_mode,lsp,cron_create,cron_list,cron_delete,"
    "enter_plan_mode,enter_worktree,exit_worktree,get_goal,update_goal,list_agents,loop_wakeup,"
    "read_mcp_resource,list_mcp_resources,record_artifact,report_findings,tool_call"
)
_OPENCODE_TOOLS: Final = (
    '{"autoupdate":false,"share":"disabled","tools":{"bash":false,"edit":false,"glob":false,'
    '"grep":false,"list":false,"patch":false,"question":false,"read":false,"skill":false,'
    '"task":false,"todoread":false,"todowrite":false,"webfetch":false,"websearch":false,'
    '"write":false}}'
)

PRESETS: Final[Mapping[str, Preset]] = {
    preset.name: preset
    for preset in (
        Preset(
            "qoder-cli",
            "qodercli",
            ("--acp", "--tools", ""),
            "Qoder CLI",
            login=("login",),
        ),
        Preset(
            "qwen-code",
            "qwen",
            (
                "--acp",
                "--system-prompt",
                PLAIN_PROMPT,
                "--exclude-tools",
                _QWEN_TOOLS,
                # The client's tools, whose leave the client gives, and no servers of the user's.
                "--allowed-tools",
                "mcp__client-tools",
                "--allowed-mcp-server-names",
                "client-tools",
            ),
            "Qwen Code",
            login=("auth",),
        ),
        Preset("gemini-cli", "gemini", ("--acp",), "Gemini CLI"),
        Preset(
            "opencode",
            "opencode",
            ("acp",),
            "opencode",
            login=("auth", "login"),
            env={"OPENCODE_CONFIG_CONTENT": _OPENCODE_TOOLS},
        ),
    )
}


def preset_of_program(path: str) -> Preset | None:
    """The preset whose program this is, by the name of its file; None when it is none of them."""
    name = Path(path).stem
    return next((preset for preset in PRESETS.values() if preset.program == name), None)


def find_program(name: str, search_path: str | None) -> str | None:
    """The absolute path of a program on `search_path` (PATH); None when it is not there.

    Symbolic links are kept: some programs are named by them.
    """
    found = shutil.which(name, path=search_path)
    return str(Path(found).absolute()) if found is not None else None


def agents_on_path(search_path: str | None) -> tuple[tuple[str, str, str], ...]:
    """The preset agents on this machine: name, title, program."""
    return tuple(
        (name, PRESETS[name].title, path) for name, path in found_agents(search_path).items()
    )


def found_agents(search_path: str | None) -> dict[str, str]:
    """The preset agents on this machine: their program's path by the preset's name."""
    found = {name: find_program(preset.program, search_path) for name, preset in PRESETS.items()}
    return {name: path for name, path in found.items() if path is not None}
