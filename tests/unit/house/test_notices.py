"""THIRD_PARTY_NOTICES.md names every package that users install, with the licence it declares."""

import importlib.metadata
import re

from tests.support.house_rules import ROOT
from tests.unit.house.test_locks import names

ROW = re.compile(r"^\| ([a-z0-9][a-z0-9-]*) \| (.+) \|$", re.MULTILINE)
# What older metadata calls them.
SPELLINGS = {
    "Apache 2.0": "Apache-2.0",
    "MIT License": "MIT",
    "The MIT License (MIT)": "MIT",
    "Apache License": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
}


def rows(text: str) -> dict[str, str]:
    return dict(ROW.findall(text))


def notices() -> dict[str, str]:
    found = rows((ROOT / "THIRD_PARTY_NOTICES.md").read_text("utf-8"))
    del found["package"]
    return found


def declared_licence(package: str) -> str | None:
    """What the installed package says its licence is; None when it is not installed here."""
    try:
        metadata = importlib.metadata.metadata(package)
    except importlib.metadata.PackageNotFoundError:
        return None
    fields = [field for field in ("License-Expression", "License") if field in metadata]
    said = next((metadata[field] for field in fields if metadata[field]), "")
    if not said:
        kinds = metadata.get_all("Classifier") or []
        said = next((k.rpartition(" :: ")[2] for k in kinds if k.startswith("License ::")), "")
    if not said:  # the text itself is all it has
        files = importlib.metadata.files(package) or []
        said = next(f for f in files if f.name == "LICENSE").read_text()
    first = said.strip().splitlines()[0]  # older metadata holds the whole licence
    return SPELLINGS.get(first, first)


def test_every_package_of_base_and_desktop_is_named_and_no_other() -> None:
    assert set(notices()) == names("run.txt")


def test_the_licences_are_what_the_packages_declare() -> None:
    declared = {package: declared_licence(package) for package in notices()}
    assert sum(licence is not None for licence in declared.values()) > 15
    wrong = {
        package: (notices()[package], licence)
        for package, licence in declared.items()
        if licence is not None and notices()[package] != licence
    }
    assert not wrong


def test_a_row_is_read() -> None:
    assert rows("| a-b | MIT |\n| package | licence |\n") == {"a-b": "MIT", "package": "licence"}
