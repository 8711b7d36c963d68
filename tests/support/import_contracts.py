"""The import contract of a room: an allow-list of what its modules may import directly.

Import Linter's own contracts name what is forbidden and refuse modules that do not exist yet. A
room says what is allowed and nothing else is, so a new library or direction is a line in a review.
Only direct imports count: every room has a contract, so an indirect way is some room's direct one.
"""

import sys
from typing import ClassVar, cast

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


def _inside(module: str, rooms: list[str]) -> bool:
    return any(module == room or module.startswith(f"{room}.") for room in rooms)


class RoomContract(Contract):
    """What the modules of one room may import.

    Options: `module` (the room, with everything below it), `except_modules` (rooms of their own
    below it), `ours` (modules of this project, with everything below them), `libraries`
    (third-party packages), `without` (standard library modules that are forbidden).
    """

    type_name = "room"
    our_roots: ClassVar[tuple[str, ...]] = ("gateway_engine", "desktop", "resources")

    module = fields.StringField()
    except_modules = fields.ListField(subfield=fields.StringField(), default=[])
    ours = fields.ListField(subfield=fields.StringField(), default=[])
    libraries = fields.ListField(subfield=fields.StringField(), default=[])
    without = fields.ListField(subfield=fields.StringField(), default=[])

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Find every direct import out of the room that no option allows."""
        del verbose
        room = str(self.module)
        apart = _names(self.except_modules)
        illegal = [
            f"{importer} -> {imported}"
            for importer in sorted(graph.modules)
            if _inside(importer, [room]) and not _inside(importer, apart)
            for imported in sorted(graph.find_modules_directly_imported_by(importer))
            if not self._allowed(imported)
        ]
        return ContractCheck(kept=not illegal, metadata={"illegal": illegal})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Print one line an import."""
        for line in check.metadata["illegal"]:
            output.print_error(f"{line} (not in the room's contract in pyproject.toml)")

    def _allowed(self, imported: str) -> bool:
        root = imported.partition(".")[0]
        if root in self.our_roots:
            return _inside(imported, [str(self.module), *_names(self.ours)])
        if root in sys.stdlib_module_names:
            return not _inside(imported, _names(self.without))
        return _inside(root, _names(self.libraries))


def _names(field: object) -> list[str]:
    return list(cast("list[str]", field))
