"""The notes on each client's page and the names of what is pasted, in the user's language."""

from PySide6.QtCore import QCoreApplication

translate = QCoreApplication.translate


def notes(client: str, english: tuple[str, ...]) -> tuple[str, ...]:
    """The notes of a client; the engine's own where this version has no words for them."""
    known = {
        "claude": (
            translate(
                "ClientNote", "A project's own .claude/settings.json comes before this file."
            ),
            translate(
                "ClientNote",
                "The VS Code extension also reads claudeCode.environmentVariables of VS Code's "
                "settings.",
            ),
        ),
        "codex": (
            translate(
                "ClientNote",
                "A profile chosen with --profile and a trusted project's own .codex/config.toml "
                "come before this file.",
            ),
        ),
        "opencode": (
            translate("ClientNote", "A project's own opencode.json comes before this file."),
        ),
        "continue": (
            translate("ClientNote", "Choose the model Lingma Gateway in Continue's panel."),
        ),
        "cline": (
            translate(
                "ClientNote", "In Cline's settings choose the API provider OpenAI Compatible."
            ),
            translate(
                "ClientNote",
                "Cline keeps its keys in the system's credential manager, so there is no file to "
                "edit.",
            ),
        ),
        "zed": (
            translate(
                "ClientNote",
                "The key cannot stand in Zed's settings: paste it in Zed once, or start Zed from "
                "here.",
            ),
        ),
        "jetbrains": (
            translate(
                "ClientNote",
                "Settings | Tools | AI Assistant | Providers & API keys: choose OpenAI-compatible.",
            ),
        ),
        "vscode": (
            translate(
                "ClientNote",
                "Run Chat: Manage Language Models, then Add Models, Custom Endpoint, Chat "
                "Completions.",
            ),
            translate(
                "ClientNote",
                "VS Code keeps the key in its own secret store, so there is no file to edit.",
            ),
        ),
        "aider": (
            translate("ClientNote", "A repository's own .aider.conf.yml comes before this file."),
        ),
        "cherry-studio": (
            translate(
                "ClientNote",
                "Settings, Model Services, Add, type OpenAI; then switch the provider on at its "
                "top right.",
            ),
            translate("ClientNote", "Its settings lie in a database, so there is no file to edit."),
        ),
        "qwen": (
            translate("ClientNote", "A project's own .qwen/settings.json comes before this file."),
        ),
    }
    found = known.get(client, ())
    return found if len(found) == len(english) else english


def paste_label(english: str) -> str:
    """What one thing to paste is called; names of files and variables stay as they are."""
    known = {
        "Base URL": translate("ClientPaste", "Base URL"),
        "API key": translate("ClientPaste", "API key"),
        "Model": translate("ClientPaste", "Model"),
        "URL": translate("ClientPaste", "URL"),
        "URL of the model": translate("ClientPaste", "URL of the model"),
        "command": translate("ClientPaste", "Command"),
        "or, as Ollama without a key, Host URL": translate(
            "ClientPaste", "Or, as Ollama without a key: Host URL"
        ),
        "config.yaml, where it is new or empty": translate(
            "ClientPaste", "config.yaml, where it is new or empty"
        ),
        "or, below models: of one that is there": translate(
            "ClientPaste", "Or, below models: of one that is there"
        ),
        "API address (Cherry Studio appends /v1/...)": translate(
            "ClientPaste", "API address (Cherry Studio appends /v1/…)"
        ),
        "agent: open settings, LLM Providers, Lingma Gateway, API key": translate(
            "ClientPaste", "In Zed: agent: open settings, LLM Providers, Lingma Gateway, API key"
        ),
    }
    return known.get(english, english)
