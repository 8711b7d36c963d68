"""Where the built application starts: what `lingma-gateway` is in an installation by pip."""

import os
import sys

from gateway_engine.own_program import leave_the_bundle

if __name__ == "__main__":
    # Before anything else: no browser, editor or upstream program may load the bundle's libraries.
    leave_the_bundle(os.environ)
    from desktop.__main__ import main

    sys.exit(main())
