"""`python -m desktop.browser`: what the gateway starts to show a sign-in's page."""

import sys

from desktop.browser.program import main

sys.exit(main())
