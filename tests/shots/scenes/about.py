"""The about panel's scenes, and the strips above every panel."""

from dataclasses import replace

from desktop.slices.desktop_choices import ChoicesChanged, DesktopChoices
from desktop.slices.first_run import FirstRunRemembered, FirstRunState, FirstRunStep
from desktop.slices.product import Places, PlacesKnown, UpgradeFound
from desktop.slices.support import SupportCollected, SupportSaved
from desktop.state import AppState, reduce_all
from gateway_engine.public import SupportFile
from tests.shots.scenes import overview
from tests.shots.scenes.scene import Scene

PLACES = Places(
    "/home/li/.config/lingma-gateway/config.toml",
    "/home/li/.local/share/lingma-gateway",
    "/home/li/.local/state/lingma-gateway/logs/gateway.log",
)
SAVED = "/home/li/Documents/lingma-gateway-support.zip"
BUNDLE = tuple(
    SupportFile(name, b'{\n  "lingma_gateway": "0.1.0"\n}\n' * 20)
    for name in ("README.txt", "versions.json", "settings.json", "doctor.json", "log.jsonl")
)
LONG = Places(*(f"/home/{'a-long-folder-name/' * 8}{n}" for n in range(3)))


def scenes() -> tuple[Scene, ...]:
    """Empty, typical, after an upgrade, steps left, small and large."""
    ready = next(scene.state for scene in overview.scenes() if scene.name == "ready")
    usual = reduce_all(
        ready,
        [
            PlacesKnown(PLACES, "INFO"),
            ChoicesChanged(DesktopChoices(starts_with_system=True, frees_memory=True)),
        ],
    )
    left = FirstRunRemembered(FirstRunState.LEFT, FirstRunStep.SIGN_IN)
    all_said = reduce_all(usual, [UpgradeFound("0.2.0"), left, PlacesKnown(LONG, "DEBUG")])
    found = (
        Scene("empty", AppState()),
        Scene("usual", usual),
        Scene("overfull", all_said),
        Scene("support", reduce_all(usual, [SupportCollected(BUNDLE), SupportSaved(SAVED)])),
        Scene("small", usual, size=(900, 600)),
        Scene("small_large_text", all_said, size=(900, 600), type_scale=2.0),
        Scene("wide", usual, size=(2560, 1440)),
    )
    return tuple(replace(scene, panel="about") for scene in found)
