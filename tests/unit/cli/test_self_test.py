"""What the self-test takes for an answer, and which lines it lets pass."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from gateway_engine.cli.self_test_asks import ASKS, BrokenAnswerError, ask_once
from gateway_engine.cli.self_test_process import environment

CHAT, RESPONSES, _, MESSAGES, OLLAMA = ASKS
Serve = Callable[[bytes, int], str]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Answers every question with the same bytes."""
    servers: list[tuple[ThreadingHTTPServer, threading.Thread]] = []

    def start(content: bytes, status: int = 200) -> str:
        class Fixed(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["content-length"]))
                self.send_response(status)
                self.send_header("x-gateway-upstream", "demo")
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
                """Say nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Fixed)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        servers.append((server, thread))
        return f"http://127.0.0.1:{server.server_address[1]}"

    yield start
    for server, thread in servers:
        server.shutdown()
        server.server_close()
        thread.join()


def chat(text: str) -> bytes:
    chunk = {"choices": [{"delta": {"content": text}}]}
    return b"data: " + json.dumps(chunk).encode() + b"\n\n"


def test_a_whole_answer_is_read(serve: Serve) -> None:
    url = serve(b": keep-alive\n\n" + chat("He") + chat("llo") + b"data: [DONE]\n\n", 200)
    answer = ask_once(url, "k", CHAT)
    assert (answer.text, answer.upstream) == ("Hello", "demo")
    assert answer.first_ms > 0


def test_named_events_and_lines_of_json_are_read(serve: Serve) -> None:
    delta = b'event: content_block_delta\ndata: {"type":"x","delta":{"text":"Hi"}}\n\n'
    stop = b'event: message_stop\ndata: {"type":"message_stop"}\n\n'
    assert ask_once(serve(delta + stop, 200), "k", MESSAGES).text == "Hi"
    lines = b'{"message":{"content":"Yo"},"done":false}\n{"message":{"content":""},"done":true}\n'
    assert ask_once(serve(lines, 200), "k", OLLAMA).text == "Yo"


@pytest.mark.parametrize(
    ("content", "status", "why"),
    [
        (chat("Hello"), 200, "no end"),
        (b"data: [DONE]\n\n", 200, "no text"),
        (chat("a") + b"data: [DONE]\n\n" + chat("b"), 200, "after the end"),
        (chat("a") + b"data: {broken\n\n", 200, "JSONDecodeError"),
        (b'{"error": {"code": "busy"}}', 429, "status 429"),
    ],
)
def test_what_is_no_whole_answer_is_refused(
    serve: Serve, content: bytes, status: int, why: str
) -> None:
    with pytest.raises(BrokenAnswerError, match=why):
        ask_once(serve(content, status), "k", CHAT)


def test_nobody_there_is_an_error_of_the_system() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(OSError):
        ask_once(url, "k", RESPONSES)


def test_no_setting_of_the_user_reaches_it(tmp_path: Path) -> None:
    env = environment(tmp_path, {"PORT": "1", "lingma_bin": "x", "HOME": "/h", "LANG": "C"})
    assert env["PORT"] == "0"
    assert "lingma_bin" not in env
    assert (env["HOME"], env["LINGMA_GATEWAY_HOME"]) == ("/h", str(tmp_path))
