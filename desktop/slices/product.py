"""What is known of this installation: where its files are, how much it logs, what is new in it."""

from dataclasses import dataclass, replace
from typing import assert_never


@dataclass(frozen=True, slots=True)
class Places:
    """Files and folders, as text."""

    config_file: str = ""
    data_folder: str = ""
    log_file: str = ""


@dataclass(frozen=True, slots=True)
class Product:
    """`news` is the version whose news nobody has seen yet, "" for none."""

    places: Places = Places()
    log_level: str = ""
    news: str = ""


@dataclass(frozen=True, slots=True)
class PlacesKnown:
    """The plan says where everything lies and how much is logged."""

    places: Places
    log_level: str


@dataclass(frozen=True, slots=True)
class LogLevelChanged:
    """This much is logged until the next start."""

    level: str


@dataclass(frozen=True, slots=True)
class UpgradeFound:
    """This version runs here for the first time after an older one."""

    version: str


@dataclass(frozen=True, slots=True)
class NewsSeen:
    """The user knows what is new."""


ProductEvent = PlacesKnown | LogLevelChanged | UpgradeFound | NewsSeen


def reduce_product(product: Product, event: ProductEvent) -> Product:
    """The product after `event`."""
    match event:
        case PlacesKnown(places, log_level):
            return replace(product, places=places, log_level=log_level)
        case LogLevelChanged(level):
            return replace(product, log_level=level)
        case UpgradeFound(version):
            return replace(product, news=version)
        case NewsSeen():
            return replace(product, news="")
        case _:
            assert_never(event)
