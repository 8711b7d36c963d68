"""Modules are spared by the collector, and nothing else is."""

import json
import subprocess
import sys

PROGRAM = """
import gc, json, weakref
from gateway_engine.public import exempt_loaded_modules

class Loop:
    def __init__(self):
        self.me = self

before = len(gc.get_objects())
garbage = weakref.ref(Loop())
exempt_loaded_modules()
gone = garbage() is None
looked_at = len(gc.get_objects())
later = weakref.ref(Loop())
gc.collect()
print(json.dumps([gone, later() is None, before, looked_at, gc.get_freeze_count()]))
"""


def test_what_was_imported_is_spared_and_cycles_still_go() -> None:
    said = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, check=True)
    gone, later_gone, before, looked_at, spared = json.loads(said.stdout)
    assert gone
    assert later_gone
    assert spared > 0.9 * before > 10_000
    assert looked_at < 0.05 * before
