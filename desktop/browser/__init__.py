"""The sign-in's own browser window: a program of its own, so that it takes nothing down with it."""
