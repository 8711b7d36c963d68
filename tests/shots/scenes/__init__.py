"""The states a picture is taken of: a module a panel, named after it, each with `scenes()`."""

from functools import cache

from tests.shots.scenes import (
    about,
    accounts,
    clients,
    first_run,
    health,
    overview,
    request_detail,
    requests,
    settings,
)
from tests.shots.scenes.scene import Scene

__all__ = ["Scene", "scenes"]

PANELS = (overview, requests, request_detail, health, accounts, clients, settings, about, first_run)


@cache
def scenes(language: str = "en") -> tuple[Scene, ...]:
    """All scenes of all panels, made once in each language, which is the one installed: some hold
    sentences of the window's, and the fullest ones count thousands of requests.
    """
    overview.scenes.cache_clear()
    return tuple(scene for panel in PANELS for scene in panel.scenes())
