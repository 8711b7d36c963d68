"""The software bill of materials (CycloneDX 1.6, JSON): what the build carries, from its lock.

Run with the build's Python: what is not installed there is for another system or Python.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
import uuid
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any, Dict, List

from devtools.environment import project
from devtools.terminal import ROOT

ENTRY = re.compile(r"^([a-z0-9-]+)==([^\s;\\]+)([^\n\\]*(?:\\\n[^\n\\]*)*)", re.MULTILINE)
ROW = re.compile(r"^\| ([a-z0-9][a-z0-9-]*) \| (.+) \|$", re.MULTILINE)
"""What THIRD_PARTY_NOTICES.md says of a package; a test holds it against the packages."""
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


def parts(lock: str, notices: str) -> List[Dict[str, Any]]:
    """One component for each package of `lock` that is installed here, sorted by its name."""
    terms = dict(ROW.findall(notices))
    found: Dict[str, Dict[str, Any]] = {}
    for name, version, rest in ENTRY.findall(lock):
        try:
            installed = distribution(name)
        except PackageNotFoundError:
            continue
        if installed.version == version:
            found[name] = component(name, version, terms.get(name, ""), HASH.findall(rest))
    return [found[name] for name in sorted(found)]


def component(name: str, version: str, terms: str, hashes: List[str]) -> Dict[str, Any]:
    """One package. The lock allows several files for it: their hashes are its properties."""
    address = f"pkg:pypi/{name}@{version}"
    made: Dict[str, Any] = {
        "type": "library",
        "bom-ref": address,
        "name": name,
        "version": version,
        "purl": address,
        "properties": [{"name": "lock:sha256", "value": word} for word in sorted(hashes)],
    }
    if terms:
        made["licenses"] = [{"license": {"name": terms}}]
    return made


def document(lock: str, notices: str, name: str, version: str) -> Dict[str, Any]:
    """The whole bill. Its serial number is made of what is in it, not of the moment."""
    components = parts(lock, notices)
    python = "{}.{}.{}".format(*sys.version_info[:3])
    components.append(
        {
            "type": "platform",
            "bom-ref": f"pkg:generic/cpython@{python}",
            "name": "cpython",
            "version": python,
            "purl": f"pkg:generic/cpython@{python}",
            "licenses": [{"license": {"name": "PSF-2.0"}}],
        }
    )
    word = hashlib.sha256(json.dumps(components, sort_keys=True).encode()).hexdigest()
    own = f"pkg:generic/{name}@{version}"
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.UUID(word[:32])}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": own,
                "name": name,
                "version": version,
                "licenses": [{"license": {"id": "MIT"}}],
            }
        },
        "components": components,
        "dependencies": [{"ref": own, "dependsOn": [each["bom-ref"] for each in components]}],
    }


def main() -> int:
    """Write the bill to the path that is given."""
    lock = (ROOT / "requirements" / "run.txt").read_text("utf-8")
    notices = (ROOT / "THIRD_PARTY_NOTICES.md").read_text("utf-8")
    name, version, _ = project()
    text = json.dumps(document(lock, notices, name, version), indent=1, sort_keys=True)
    Path(sys.argv[1]).write_text(text + "\n", "utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
