"""The MCP server that an agent starts itself: copies its pipes to the gateway's, and no more.

`python -m gateway_engine.tools.mcp_host.shim FILE`. FILE, of mode 0600, says where the gateway
listens and holds the secret; nothing secret stands on the command line. The standard library alone:
the agent waits for this to start.
"""

import contextlib
import json
import os
import socket
import sys
import threading
from pathlib import Path
from typing import Final

CONNECT_TIMEOUT_S: Final = 5.0
CHUNK_BYTES: Final = 64 * 1024
EXIT_FAILED: Final = 1
EXIT_USAGE: Final = 2


def main(arguments: list[str]) -> int:
    """Copy until either side hangs up. 1 when the gateway is not there, 2 for wrong usage."""
    if len(arguments) != 1:
        sys.stderr.write("usage: shim FILE\n")
        return EXIT_USAGE
    try:
        said = json.loads(Path(arguments[0]).read_text("utf-8"))
        address = ("127.0.0.1", int(said["port"]))
        greeting = json.dumps({"room": said["room"], "token": said["token"]}).encode() + b"\n"
        connection = socket.create_connection(address, timeout=CONNECT_TIMEOUT_S)
    except (OSError, ValueError, KeyError, TypeError) as error:
        sys.stderr.write(f"the gateway is not there: {type(error).__name__}\n")
        return EXIT_FAILED
    with connection:
        connection.settimeout(None)
        connection.sendall(greeting)
        # A daemon: reading standard input cannot be interrupted once the gateway hangs up.
        threading.Thread(target=_to_gateway, args=(connection,), daemon=True).start()
        with contextlib.suppress(OSError):
            while data := connection.recv(CHUNK_BYTES):
                _write_all(data)
    return 0


def _to_gateway(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := os.read(0, CHUNK_BYTES):
            connection.sendall(data)
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_WR)


def _write_all(data: bytes) -> None:
    while data:
        data = data[os.write(1, data) :]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
