"""A small endpoint that answers what a test has written down, and remembers what it was asked."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

GOOD = [
    b'data: {"choices": [{"delta": {"content": "Hello"}}]}\n\n',
    b'data: {"choices": [{"delta": {"content": ", \xe4\xbd\xa0\xe5\xa5\xbd"}}]}\n\n',
    b"data: [DONE]\n\n",
]


class Script:
    """What the server answers, and what it was asked."""

    def __init__(self) -> None:
        self.status = 200
        self.chunks: list[bytes] = GOOD
        self.holds_open = threading.Event()
        self.holds_open.set()
        self.asked: list[tuple[str, dict[str, str], Any]] = []
        self.url = ""


@contextmanager
def scripted_endpoint() -> Iterator[Script]:
    """Run it on a free port."""
    script = Script()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            script.asked.append((self.path, dict(self.headers), body))
            self.send_response(script.status)
            self.send_header("x-gateway-upstream", "demo")
            self.send_header("x-gateway-model", "demo-auto")
            self.end_headers()
            for chunk in script.chunks:
                self.wfile.write(chunk)
                self.wfile.flush()
            script.holds_open.wait(10)

        def log_message(self, *_arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        script.url = f"http://127.0.0.1:{http.server_port}"
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield script
        script.holds_open.set()
        http.shutdown()
        thread.join()
