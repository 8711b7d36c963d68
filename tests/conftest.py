"""What holds for every test: see tests/support."""

import os
import signal

import hypothesis

pytest_plugins = [
    "pytester",
    "tests.support.async_tests",
    "tests.support.hygiene",
    "tests.support.strict_outcomes",
]

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# A shell's background job ignores Ctrl-C, and so would every program that a test starts and stops.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# The same examples in every run: a failure found is a failure that stays.
hypothesis.settings.register_profile("house", deadline=None, derandomize=True, database=None)
hypothesis.settings.load_profile("house")
