"""Which program answers: what the settings or the command line name, else what was chosen here.

The choice is a habit of this desktop, kept in its preferences, and never written into settings.
"""

import os
from dataclasses import dataclass, replace
from pathlib import Path

from desktop.options import DesktopOptions
from desktop.preferences import Preferences
from desktop.slices.first_run import ProgramsFound
from gateway_engine.public import (
    EnginePlan,
    LaunchOptions,
    SettingsError,
    prepare,
    programs_on_path,
)

AUTO = "auto"


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan, and what could be chosen instead."""

    plan: EnginePlan
    found: ProgramsFound


def make_plan(options: DesktopOptions, preferences: Preferences) -> Planned:
    """Read the settings anew and choose. Touches no file but to read. Raises SettingsError."""
    # Until a real Lingma was once seen here, a start without one shows the demo, clearly marked.
    launch = LaunchOptions(
        upstream=options.upstream,
        demo_fallback=options.demo_fallback or not preferences.seen_lingma,
        config_file=options.config_file,
    )
    plan = prepare(launch, environ=os.environ, cwd=Path.cwd())
    settings = plan.settings
    is_fixed = options.upstream != AUTO or bool(settings.instances or settings.lingma_bin)
    choice = AUTO if is_fixed else preferences.upstream
    if choice != AUTO:
        try:
            plan = prepare(replace(launch, upstream=choice), environ=os.environ, cwd=Path.cwd())
        except SettingsError:
            choice = AUTO  # an agent that has been uninstalled since
    program = plan.discovery.program
    return Planned(
        plan,
        ProgramsFound(
            program=str(program) if program is not None else "",
            agents=programs_on_path(os.environ.get("PATH")),
            choice=choice,
            is_fixed=is_fixed,
        ),
    )
