"""Images on their way into Lingma: uploaded, acknowledged, announced under a URL.

Only images that a client sent whole are uploaded; a URL goes to Lingma as it is, and nothing is
ever fetched here. A `file:` URL would have Lingma read a file of this machine for whoever asks: it
is refused.
"""

import asyncio
import uuid
from collections.abc import Mapping
from typing import Any, Final

from gateway_engine.conversation import ImagePart
from gateway_engine.errors import GatewayError
from gateway_engine.upstreams.contract import ImageRefusedError
from gateway_engine.upstreams.lingma.lsp_client import LspClient

UPLOAD: Final = "image/upload"
UPLOADED: Final = "image/uploadResultNotification"

_REMOTE: Final = ("https://", "http://")
_NO_ERROR: Final = ("", "0", "200")


class ImageUploads:
    """The uploads of one connection that wait for their notification."""

    def __init__(self) -> None:
        self._waiting: dict[str, asyncio.Future[str]] = {}

    async def upload(self, client: LspClient, image: ImagePart, *, timeout_s: float | None) -> str:
        """Return the URL Lingma knows the image by. Raises ImageRefusedError."""
        if image.url:
            if image.url.lower().startswith(_REMOTE):
                return image.url
            raise ImageRefusedError("only http, https and base64 data URLs are passed on")
        upload_id = str(uuid.uuid4())
        announced: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._waiting[upload_id] = announced
        uri = f"data:{image.media_type or 'image/png'};base64,{image.data}"
        try:
            async with asyncio.timeout(timeout_s):
                said = await client.request(
                    UPLOAD, {"imageUri": uri, "requestId": upload_id}, timeout_s=None
                )
                if isinstance(said, Mapping) and said.get("success") is False:
                    raise ImageRefusedError(_reason(said))
                return await announced
        except TimeoutError:
            raise ImageRefusedError("Lingma did not report the upload in time") from None
        except GatewayError as error:
            raise ImageRefusedError(str(error)) from None
        finally:
            del self._waiting[upload_id]
            if announced.done() and not announced.cancelled():
                announced.exception()  # seen: nobody else will look

    def receive(self, params: Mapping[str, Any]) -> None:
        """Take one `image/uploadResultNotification`; those of nobody are ignored."""
        result = params.get("result")
        fields = result if isinstance(result, Mapping) else params
        announced = self._waiting.get(str(fields.get("requestId") or params.get("requestId")))
        if announced is None or announced.done():
            return
        url = fields.get("imageUrl")
        failed = str(params.get("errorCode") or "") not in _NO_ERROR
        if isinstance(url, str) and url and not failed:
            announced.set_result(url)
        else:
            announced.set_exception(ImageRefusedError(_reason(params)))


def _reason(params: Mapping[str, Any]) -> str:
    message = str(params.get("errorMessage") or "")[:200]
    return f"Lingma refused the image: {message or 'no reason given'}"
