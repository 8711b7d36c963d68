"""Connects client programs: edits of their settings that can be undone, keys of their own."""
