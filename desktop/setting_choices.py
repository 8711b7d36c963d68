"""What the values are called that a setting can be chosen from. Keys are the model's own words."""

from typing import Final

from PySide6.QtCore import QCoreApplication

translate: Final = QCoreApplication.translate


def choice_title(setting: str, value: str) -> str:
    """A value as it stands in a list to choose from; one without words is its own."""
    return _titles().get(setting, {}).get(value, value)


def level_title(level: str) -> str:
    """A level of the log, the same wherever it is chosen."""
    return choice_title("log_level", level)


def _titles() -> dict[str, dict[str, str]]:
    return {
        "ollama_auth": {
            "loopback": translate("SettingChoices", "Not on this computer"),
            "key": translate("SettingChoices", "Always"),
        },
        "log_level": {
            "DEBUG": translate("SettingChoices", "Debug"),
            "INFO": translate("SettingChoices", "Info"),
            "WARNING": translate("SettingChoices", "Warning"),
            "ERROR": translate("SettingChoices", "Error"),
        },
        "default_ask_mode": {
            "chat": translate("SettingChoices", "Off"),
            "agent": translate("SettingChoices", "On in every request"),
        },
        "tool_approval": {
            "deny": translate("SettingChoices", "Refuse"),
            "auto": translate("SettingChoices", "Let it run them"),
        },
        "lingma_source_type": {
            "marketplace": translate("SettingChoices", "VS Code marketplace"),
            "vsix": translate("SettingChoices", "VSIX address"),
        },
    }
