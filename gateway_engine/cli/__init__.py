"""The command line without a window: one file a command. stdout is for answers, stderr for the
rest.
"""

from gateway_engine.cli.main import main

__all__ = ["main"]
