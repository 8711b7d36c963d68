#!/usr/bin/env python3
"""Everything that one does with this project, from a fresh clone: `python3 dev.py COMMAND`.

Written so that any Python parses it: one that is too old is told so in words.
"""

import sys

if sys.version_info < (3, 8):
    sys.exit("dev.py: Lingma Gateway needs Python 3.11, 3.12 or 3.13; this one is far too old.")

from devtools.command_line import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
