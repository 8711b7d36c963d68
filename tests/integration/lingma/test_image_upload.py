"""An image's way into Lingma: every way an upload can go."""

import asyncio
from typing import Any

import pytest

from gateway_engine.conversation import ImagePart
from gateway_engine.upstreams.contract import ImageRefusedError
from gateway_engine.upstreams.lingma.image_upload import UPLOADED, ImageUploads
from tests.integration.lingma.peer import Peer, connected, until_gone

PNG = ImagePart(media_type="image/png", data="iVBORw0KGgo=")
URL = "https://images.invalid/1"
STRAY = {"errorCode": "", "result": {"requestId": "nobody", "imageUrl": "https://x.invalid"}}


async def uploaded(image: ImagePart, *said: dict[str, Any], ack: Any = None) -> str:
    """Upload against a server that answers `ack` and then says these, our id filled in."""
    uploads = ImageUploads()

    async def script(peer: Peer) -> None:
        asked = await peer.next()
        assert asked["method"] == "image/upload"
        assert asked["params"]["imageUri"] == "data:image/png;base64,iVBORw0KGgo="
        await peer.send({"id": asked["id"], "result": ack})
        for params in said:
            if "result" in params and "requestId" not in params["result"]:
                params["result"]["requestId"] = asked["params"]["requestId"]
            await peer.send({"method": UPLOADED, "params": params})
        await until_gone(peer)

    async with connected(script) as (client, calls):
        async with asyncio.TaskGroup() as group:
            task = group.create_task(_ended(uploads, client, image))
            while not task.done():
                await asyncio.sleep(0.005)
                while calls:
                    uploads.receive(calls.pop(0).params)
        ended = task.result()
        if isinstance(ended, ImageRefusedError):
            raise ended
        return ended


async def _ended(uploads: ImageUploads, client: Any, image: ImagePart) -> str | ImageRefusedError:
    try:
        return await uploads.upload(client, image, timeout_s=0.3)
    except ImageRefusedError as error:
        return error


@pytest.mark.parametrize("code", ["", None, 0, "0", 200])
async def test_an_upload_gives_the_url_that_was_announced(code: Any) -> None:
    good = {"errorCode": code, "errorMessage": "", "result": {"imageUrl": URL}}
    assert await uploaded(PNG, dict(STRAY), good, ack={"success": True}) == URL


@pytest.mark.parametrize(
    "said", [{"errorCode": "400", "errorMessage": "too large", "result": {"imageUrl": URL}}]
)
async def test_a_refusal_says_why(said: dict[str, Any]) -> None:
    with pytest.raises(ImageRefusedError, match="too large"):
        await uploaded(PNG, said)


async def test_an_announcement_without_a_url_is_a_refusal() -> None:
    with pytest.raises(ImageRefusedError, match="no reason given"):
        await uploaded(PNG, {"result": {"imageUrl": ""}})


async def test_a_refused_request_is_a_refusal() -> None:
    with pytest.raises(ImageRefusedError, match="quota"):
        await uploaded(PNG, ack={"success": False, "errorMessage": "quota"})


async def test_silence_after_the_acknowledgement_has_a_deadline() -> None:
    with pytest.raises(ImageRefusedError, match="in time"):
        await uploaded(PNG, ack={"success": True})


async def test_urls_are_passed_on_unfetched_and_files_never() -> None:
    async def script(peer: Peer) -> None:
        await until_gone(peer)

    async with connected(script) as (client, _):
        uploads = ImageUploads()
        for url in ("https://example.invalid/a.png", "http://example.invalid/a.png"):
            assert await uploads.upload(client, ImagePart(url=url), timeout_s=1) == url
        for url in ("file:///etc/passwd", "FILE:///etc/passwd", "/etc/passwd", "ftp://x.invalid/a"):
            with pytest.raises(ImageRefusedError, match="only http"):
                await uploads.upload(client, ImagePart(url=url), timeout_s=1)
