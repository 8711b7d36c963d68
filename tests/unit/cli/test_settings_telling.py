"""What a command says that changed the settings of a gateway that runs."""

from typing import Any

from gateway_engine.cli.settings_telling import effects

NOTHING: dict[str, Any] = {
    "at_next_start": [],
    "endpoint_moved": False,
    "started": [],
    "started_again": [],
    "ended": [],
}


def test_what_is_new_starts_and_only_what_ran_before_starts_again() -> None:
    done = {**NOTHING, "started": ["inst-1", "inst-2"], "started_again": ["inst-0"]}
    assert effects({**done, "ended": ["inst-3"]}, []) == [
        "in force: inst-0 starts again",
        "in force: inst-1, inst-2 start",
        "in force: inst-3 ends",
    ]


def test_only_what_this_command_changed_is_told_to_wait() -> None:
    done = {**NOTHING, "at_next_start": ["LOG_LEVEL", "LINGMA_FORCE_REFRESH"]}
    (line,) = effects(done, ["LINGMA_FORCE_REFRESH"])
    assert line.endswith(": LINGMA_FORCE_REFRESH")
    assert effects(NOTHING, ["PORT"]) == []
