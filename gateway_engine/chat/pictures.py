"""The images of a conversation on their way to a model that sees them.

Each goes to upstream once, whatever happens to the others; its number stands in the prompt where it
belongs. One that the model cannot see, or upstream does not take, leaves `[image]` there, and the
turn says so among its changes. Nothing is fetched here: a URL is upstream's to take or to refuse.
"""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from gateway_engine.chat.turn import Turn
from gateway_engine.conversation import Change, ImagePart, Message, all_parts
from gateway_engine.pool.pool import Lease
from gateway_engine.upstreams.contract import ImageRefusedError

FIELD: Final = "messages[].image"


@dataclass(frozen=True, slots=True)
class Pictures:
    """What upstream took. `numbers` count `references`, upstream's names of the images, from 1."""

    references: tuple[str, ...] = ()
    numbers: Mapping[ImagePart, int] = field(default_factory=dict)


async def take_pictures(turn: Turn, lease: Lease, messages: Sequence[Message]) -> Pictures:
    """Bring the images of these messages to upstream, all at once."""
    images = tuple(dict.fromkeys(images_of(messages)))
    if not images:
        return Pictures()
    if not any(model.key == lease.model and model.vision for model in lease.upstream.models):
        turn.changed(
            Change(
                FIELD, "degraded", f"the model {lease.model} sees no images", "model_sees_no_images"
            )
        )
        return Pictures()
    async with asyncio.TaskGroup() as group:
        uploads = [group.create_task(_take(lease, image)) for image in images]
    taken: dict[ImagePart, str] = {}
    for image, upload in zip(images, uploads, strict=True):
        outcome = upload.result()
        if isinstance(outcome, ImageRefusedError):
            turn.changed(Change(FIELD, "degraded", str(outcome), "image_refused"))
        else:
            taken[image] = outcome
    numbers = {image: number for number, image in enumerate(taken, 1)}
    return Pictures(tuple(taken.values()), numbers)


def images_of(messages: Iterable[Message]) -> Iterator[ImagePart]:
    """Yield the images of these messages in order, those in results of tools too."""
    return (part for part in all_parts(messages) if isinstance(part, ImagePart))


async def _take(lease: Lease, image: ImagePart) -> str | ImageRefusedError:
    try:
        return await lease.upstream.take_image(image)
    except ImageRefusedError as refused:
        return refused
