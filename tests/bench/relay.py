"""The bare relay: aiohttp in, aiohttp out, bytes forwarded as they come. Prints its port."""

import asyncio
import sys

from aiohttp import ClientSession, TCPConnector, web


async def serve(upstream_port: int) -> None:
    """Forward every POST to the upstream at this port, for ever."""
    connector = TCPConnector(limit=0)
    async with ClientSession(f"http://127.0.0.1:{upstream_port}", connector=connector) as session:

        async def forward(request: web.Request) -> web.StreamResponse:
            body = await request.read()
            async with session.post(request.path, data=body) as answer:
                response = web.StreamResponse(
                    status=answer.status,
                    headers={"Content-Type": answer.headers["Content-Type"]},
                )
                await response.prepare(request)
                async for piece in answer.content.iter_any():
                    await response.write(piece)
                await response.write_eof()
                return response

        app = web.Application(client_max_size=1 << 30)
        app.router.add_post("/{path:.*}", forward)
        runner = web.AppRunner(app, access_log=None, handler_cancellation=True)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0, backlog=1024)
        await site.start()
        print(runner.addresses[0][1], flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
