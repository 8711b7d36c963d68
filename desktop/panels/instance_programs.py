"""The programs an instance can be of, as the editor offers them: what the engine's kinds know."""

from dataclasses import dataclass
from pathlib import Path

from desktop import wording
from gateway_engine.public import InstanceSettings, known_kinds


@dataclass(frozen=True, slots=True)
class Program:
    """One choice. `command` is set where the choice says it already, a preset's name; `title` is
    the choice in a list, `name` what a new instance of it is called.
    """

    kind: str
    title: str
    name: str
    command: str = ""
    fields: frozenset[str] = frozenset()
    """The fields that not every kind has, and this one has."""
    is_found: bool = False
    """Without a command, it is the program found on this computer."""

    @property
    def key(self) -> str:
        """What tells it from the other choices."""
        return f"{self.kind}/{self.command}"


def programs() -> tuple[Program, ...]:
    """Every choice, the default kind's first."""
    found: list[Program] = []
    for kind in known_kinds().values():
        found += [
            Program(kind.name, title, title, command, kind.fields)
            for command, title in kind.programs.items()
        ]
        title, name = wording.any_program(kind.name, kind.title, others=bool(kind.programs))
        found.append(Program(kind.name, title, name, "", kind.fields, is_found=kind.is_fetched))
    return tuple(found)


def program_of(settings: InstanceSettings) -> Program:
    """The choice that this instance is."""
    of_kind = [each for each in programs() if each.kind == settings.kind]
    known = next((each for each in of_kind if each.command == settings.command), None)
    return known or next(each for each in of_kind if not each.command)


def program_title(settings: InstanceSettings) -> str:
    """Its program in a word or two."""
    program = program_of(settings)
    if program.command or program.is_found or not settings.command:
        return program.name
    return Path(settings.command).name
