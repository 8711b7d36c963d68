"""``python -m gateway_engine.emulator …``: the emulator as a program."""

from __future__ import annotations

import sys

from gateway_engine.emulator.program import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
