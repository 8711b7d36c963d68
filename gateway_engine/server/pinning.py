"""A request may name the one instance that is to answer it, if an admin sends it.

Which instances there are is nobody else's business, and who may choose could crowd one of them. The
admin token comes in the header that the API key leaves free.
"""

from typing import Final

from aiohttp import web

from gateway_engine.conversation import InstanceName
from gateway_engine.errors import NotEnabledError, NotFoundError
from gateway_engine.server import access
from gateway_engine.server.service import Service

PIN_HEADER: Final = "x-gateway-pin-instance"


def pinned_instance(request: web.Request, service: Service) -> InstanceName:
    """Return the instance that must answer, "" for any.

    Raises NotEnabledError without the admin token, NotFoundError for an unknown instance: a request
    that was to go to one instance is never answered by another.
    """
    name = request.headers.get(PIN_HEADER, "").strip()
    if not name:
        return InstanceName("")
    offered = access.offered_keys(
        request.headers.getall("Authorization", []), request.headers.getall("x-api-key", [])
    )
    if access.matching_key(service.access.admin_keys, offered) is None:
        raise NotEnabledError(
            f"{PIN_HEADER} is for admins: send the API key as `Authorization: Bearer KEY` and the"
            " admin token as `x-api-key: TOKEN`"
        )
    if all(status.name != name for status in service.admin.instances()):
        raise NotFoundError(f"there is no instance {name[:100]!r}")
    return InstanceName(name)
