"""An ACP agent of its own, written by hand from the protocol: it does what its prompt says.

Started as a program; imports nothing but the standard library, so that no misreading is shared. The
words of the prompt's last line, one command each, separated by " ; ":

    say TEXT · think TEXT · own NAME (a tool it runs by itself) · ask NAME (after asking leave)
    call TOOL JSON (over MCP) · both TOOL JSON | TOOL JSON (at once) · usage N · stop REASON
    crash · hang · babble (half a message) · chat (lines that are none) · fail CODE MESSAGE
    recall (all prompts of this session) · tools (their names) · images (how many came)
    model (the one it is set to) · switch MODEL (to another one, and to the mode "plan", unasked)

ROUGH (space-separated) changes how it is: signed_out, noisy, split, slow_start, never_ready,
dies_at_start, retired, bad_sessions, deaf_to_term, grandchild, deaf_to_cancel, no_mcp_http,
relists, forks, promises (to fork), resumes, loads, closes, slow_sessions, embeds, options,
string_ids, many_models, no_tools. ROUGH_JOURNAL names a file that gets every message it receives.
"""

import json
import os
import queue
import signal
import subprocess
import sys
import threading
import urllib.request
from typing import Any

ROUGH = set(os.environ.get("ROUGH", "").split())
JOURNAL = os.environ.get("ROUGH_JOURNAL", "")
SIGNED_IN = os.environ.get("ROUGH_SIGNED_IN", "")

_lock = threading.Lock()
_answers: dict[str, "queue.Queue[Any]"] = {}
_sessions: dict[str, "Session"] = {}
_count = 0


def send(message: dict[str, Any]) -> None:
    body = json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n"
    with _lock:
        if "noisy" in ROUGH:
            os.write(1, b"loading plug-ins...\n\n")
        pieces = [body[i : i + 7] for i in range(0, len(body), 7)] if "split" in ROUGH else [body]
        for piece in pieces:
            os.write(1, piece)


def request(method: str, params: dict[str, Any]) -> Any:
    global _count  # noqa: PLW0603 - a program of one file
    with _lock:
        _count += 1
        call_id = f"agent-{_count}"
    _answers[call_id] = queue.Queue()
    send({"id": call_id, "method": method, "params": params})
    return _answers[call_id].get()


class Tools:
    """A client of one MCP server, over HTTP or over the pipes of a program."""

    def __init__(self, server: dict[str, Any]) -> None:
        self.server = server
        self.name = server["name"]
        self.count = 0
        self.lock = threading.Lock()
        self.waiting: dict[int, queue.Queue[Any]] = {}
        self.child: subprocess.Popen[bytes] | None = None
        if "command" in server:
            env = {**os.environ, **{pair["name"]: pair["value"] for pair in server["env"]}}
            self.child = subprocess.Popen(
                [server["command"], *server["args"]],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env=env,
            )
            threading.Thread(target=self.read, daemon=True).start()
        self.ask(
            "initialize",
            {
                "protocolVersion": "2025-06-18",
                "capabilities": {},
                "clientInfo": {"name": "rough", "version": "1"},
            },
        )
        self.notify("notifications/initialized")
        self.listed = self.list()
        if "relists" in ROUGH and self.child is None:
            threading.Thread(target=self.watch, daemon=True).start()

    def list(self) -> list[str]:
        return [tool["name"] for tool in self.ask("tools/list", {})["result"]["tools"]]

    def ask(self, method: str, params: dict[str, Any]) -> Any:
        with self.lock:
            self.count += 1
            call_id = self.count
        body = {"jsonrpc": "2.0", "id": call_id, "method": method, "params": params}
        if self.child is None:
            return self.post(body)
        self.waiting[call_id] = queue.Queue()
        self.write(body)
        return self.waiting[call_id].get()

    def notify(self, method: str) -> None:
        body = {"jsonrpc": "2.0", "method": method, "params": {}}
        if self.child is None:
            self.post(body)
        else:
            self.write(body)

    def write(self, body: dict[str, Any]) -> None:
        assert self.child is not None
        assert self.child.stdin is not None
        with self.lock:
            self.child.stdin.write(json.dumps(body).encode() + b"\n")
            self.child.stdin.flush()

    def read(self) -> None:
        assert self.child is not None
        assert self.child.stdout is not None
        for line in self.child.stdout:
            message = json.loads(line)
            if message.get("id") in self.waiting:
                self.waiting[message["id"]].put(message)
            elif message.get("method") == "notifications/tools/list_changed":
                threading.Thread(target=self.relist, daemon=True).start()

    def relist(self) -> None:
        self.listed = self.list()

    def open(self, body: dict[str, Any] | None) -> Any:
        headers = {h["name"]: h["value"] for h in self.server["headers"]}
        headers["Accept"] = "application/json, text/event-stream"
        headers["Content-Type"] = "application/json"
        data = json.dumps(body).encode() if body is not None else None
        return urllib.request.urlopen(urllib.request.Request(self.server["url"], data, headers))  # noqa: S310

    def post(self, body: dict[str, Any]) -> Any:
        with self.open(body) as response:
            if response.headers.get("Content-Type", "").startswith("application/json"):
                return json.load(response)
            for line in response:
                if line.startswith(b"data: "):
                    message = json.loads(line[6:])
                    if message.get("id") == body.get("id"):
                        return message
        return None

    def watch(self) -> None:
        with self.open(None) as response:
            for line in response:
                if line.startswith(b"data: ") and b"list_changed" in line:
                    self.relist()

    def call(self, name: str, arguments: str) -> str:
        answer = self.ask("tools/call", {"name": name, "arguments": json.loads(arguments)})
        if "error" in answer:
            return f"error {answer['error']['code']}: {answer['error']['message']}"
        result = answer["result"]
        text = "".join(part["text"] for part in result["content"])
        return f"failed: {text}" if result.get("isError") else text

    def close(self) -> None:
        if self.child is not None:
            self.child.kill()
            self.child.wait()


class Session:
    """One session: what was asked in it, and its tools."""

    def __init__(self, session_id: str, servers: list[dict[str, Any]], prompts: list[str]) -> None:
        self.session_id = session_id
        self.prompts = prompts
        self.tools = [Tools(server) for server in servers if "no_tools" not in ROUGH]
        self.cancelled = threading.Event()
        self.model = "rough-1"
        self.images = 0

    def update(self, update_kind: str, **fields: Any) -> None:
        update = {"sessionUpdate": update_kind, **fields}
        params = {"sessionId": self.session_id, "update": update}
        send({"method": "session/update", "params": params})

    def say(self, text: str, kind: str = "agent_message_chunk") -> None:
        for word in text.split(" "):
            self.update(kind, content={"type": "text", "text": f"{word} "})

    def call(self, name: str, arguments: str) -> str:
        tools = next(tools for tools in self.tools if name in tools.listed or len(self.tools) == 1)
        call_id = f"tc-{name}-{threading.get_ident()}"
        title = f"{name} ({tools.name} MCP Server): {arguments}"
        self.update("tool_call", toolCallId=call_id, title=title, kind="other", status="pending")
        text = tools.call(name, arguments)
        self.update("tool_call_update", toolCallId=call_id, status="completed", content=[])
        return text

    def own(self, name: str, *, ask: bool) -> None:
        call = {
            "toolCallId": f"own-{name}",
            "title": name,
            "kind": "execute",
            "rawInput": {"command": name},
        }
        if ask:
            options = [
                {"optionId": "always", "kind": "allow_always", "name": "Always"},
                {"optionId": "yes", "kind": "allow_once", "name": "Yes"},
                {"optionId": "no", "kind": "reject_once", "name": "No"},
            ]
            params = {"sessionId": self.session_id, "toolCall": call, "options": options}
            outcome = request("session/request_permission", params)["result"]["outcome"]
            self.say(f"leave:{outcome.get('optionId', outcome['outcome'])}")
            if outcome.get("optionId") not in ("yes", "always"):
                return
        self.update("tool_call", status="pending", **call)
        text = {"type": "content", "content": {"type": "text", "text": f"ran {name}"}}
        self.update(
            "tool_call_update", toolCallId=f"own-{name}", status="completed", content=[text]
        )

    def run(self, call_id: Any, prompt: list[dict[str, Any]]) -> None:
        text = "".join(block.get("text", "") for block in prompt)
        self.images = sum(block["type"] in ("image", "resource_link") for block in prompt)
        self.prompts.append(text)
        self.cancelled.clear()
        reason = "end_turn"
        for command in text.splitlines()[-1].split(" ; "):
            word, _, rest = command.strip().partition(" ")
            said = self.do(word, rest, call_id)
            if said is None:
                return
            reason = said or reason
        send({"id": call_id, "result": {"stopReason": reason}})

    def do(self, word: str, rest: str, call_id: Any) -> str | None:
        """Return the stop reason this gives, "" for none; None when the turn is over."""
        if word == "crash":
            os._exit(3)
        elif word == "hang":
            self.say("waiting")
            self.cancelled.wait(60)
            if "deaf_to_cancel" in ROUGH:
                threading.Event().wait(60)
            return "cancelled"
        elif word == "babble":
            with _lock:
                os.write(1, b'{"jsonrpc": "2.0", "id": 3, "res\n')
            return None
        elif word == "chat":
            with _lock:
                os.write(1, b'[env] 0 variables read\n{"level": 30, "msg": "up"}\n{ ok }\n[1, 2]\n')
        elif word == "fail":
            code, _, message = rest.partition(" ")
            error = {"code": int(code), "message": message, "data": {"details": "why"}}
            send({"id": call_id, "error": error})
            return None
        elif word == "stop":
            return rest
        else:
            self.tell(word, rest)
        return ""

    def tell(self, word: str, rest: str) -> None:
        if word == "think":
            self.say(rest, "agent_thought_chunk")
        elif word == "call":
            name, _, arguments = rest.partition(" ")
            self.say(self.call(name, arguments))
        elif word == "both":
            self.both(rest)
        elif word in ("own", "ask"):
            self.own(rest, ask=word == "ask")
        elif word == "switch":
            self.model = rest
            self.update("config_option_update", configOptions=[model_option(rest)])
            self.update("current_mode_update", currentModeId="plan")
        elif word == "usage":
            self.update("usage_update", used=int(rest), size=1000)
        elif word == "recall":
            self.say(" / ".join(self.prompts))
        elif word == "tools":
            self.say(",".join(name for tools in self.tools for name in tools.listed))
        elif word == "images":
            self.say(f"images:{self.images}")
        elif word == "model":
            self.say(f"model:{self.model}")
        else:
            self.say(rest if word == "say" else f"{word} {rest}")

    def both(self, rest: str) -> None:
        said: list[str] = []
        calls = [part.strip().partition(" ") for part in rest.split("|")]
        threads = [
            threading.Thread(target=lambda c=call: said.append(self.call(c[0], c[2])))
            for call in calls
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.say(" + ".join(sorted(said)))


def shown(name: str) -> str:
    return name.strip("$").replace("(2)", "-2")


def model_option(current: str, *names: str) -> dict[str, Any]:
    options = [{"value": name, "name": shown(name)} for name in names or (current,)]
    about = {"id": "m", "category": "model", "type": "select", "name": "Model"}
    return {**about, "currentValue": current, "options": options}


def opened(session: Session) -> dict[str, Any]:
    _sessions[session.session_id] = session
    names = ["rough-1", "$odd(2)"] if "many_models" in ROUGH else ["rough-1"]
    answer: dict[str, Any] = {"sessionId": session.session_id}
    listed = [{"modelId": name, "name": shown(name)} for name in names]
    modes = {"currentModeId": "default", "availableModes": [{"id": "default"}, {"id": "plan"}]}
    if "options" in ROUGH:
        answer["configOptions"] = [model_option("rough-1", *names)]
    else:
        answer["models"] = {"currentModelId": "rough-1", "availableModels": listed}
    return {**answer, "modes": modes}


def fresh_id() -> str:
    return f"session-{len(_sessions) + 1}-{os.getpid()}"


def serve(method: str, params: dict[str, Any]) -> dict[str, Any]:
    """Return a result. Raises LookupError with a code for what is refused."""
    if method == "initialize":
        sessions: dict[str, Any] = {
            name: {} for name in ("fork", "resume", "close") if f"{name}s" in ROUGH
        }
        if "promises" in ROUGH:
            sessions["fork"] = {}
        return {
            "protocolVersion": 1,
            "agentInfo": {"name": "rough", "version": "0.1"},
            "authMethods": [
                {"id": "key", "name": "Key", "_meta": {"type": "terminal", "args": ["--login"]}}
            ],
            "agentCapabilities": {
                "loadSession": "loads" in ROUGH,
                "sessionCapabilities": sessions,
                "promptCapabilities": {"image": True, "embeddedContext": "embeds" in ROUGH},
                "mcpCapabilities": {"http": "no_mcp_http" not in ROUGH},
            },
        }
    if method == "session/new":
        if "signed_out" in ROUGH and not (SIGNED_IN and os.path.exists(SIGNED_IN)):  # noqa: PTH110
            raise LookupError(-32000, "Authentication required")
        if "bad_sessions" in ROUGH:
            os.write(2, b"no model is configured\n")
            raise LookupError(-32603, "out of order")
        if "slow_sessions" in ROUGH:
            threading.Event().wait(0.3)
        return opened(Session(fresh_id(), params["mcpServers"], []))
    known = _sessions.get(params.get("sessionId", ""))
    if method == "session/fork" and known is not None and "promises" not in ROUGH:
        return opened(Session(fresh_id(), params["mcpServers"], list(known.prompts)))
    if method in ("session/resume", "session/load"):
        old = known.prompts if known is not None else ["lost"]
        return opened(Session(params["sessionId"], params["mcpServers"], list(old)))
    if known is None:
        raise LookupError(-32602, f"no such session: {method}")
    if method == "session/close":
        for tools in known.tools:
            tools.close()
        return {}
    if method in ("session/set_model", "session/set_config_option"):
        known.model = params.get("modelId") or params["value"]
        return {}
    if method == "session/set_mode":
        return {}
    raise LookupError(-32601, f"unknown: {method}")


def take(message: dict[str, Any]) -> None:
    if JOURNAL:
        with open(JOURNAL, "a", encoding="utf-8") as journal:  # noqa: PTH123
            journal.write(json.dumps(message) + "\n")
    method, call_id = message.get("method"), message.get("id")
    if method is None:
        _answers[str(call_id)].put(message)
    elif method == "session/cancel":
        known = _sessions.get(message["params"]["sessionId"])
        if known is not None:
            known.cancelled.set()
    elif method == "session/prompt":
        session = _sessions[message["params"]["sessionId"]]
        threading.Thread(
            target=session.run, args=(call_id, message["params"]["prompt"]), daemon=True
        ).start()
    elif call_id is not None:
        threading.Thread(
            target=answer, args=(call_id, method, message["params"]), daemon=True
        ).start()


def answer(call_id: Any, method: str, params: dict[str, Any]) -> None:
    shown = str(call_id) if "string_ids" in ROUGH else call_id
    try:
        send({"id": shown, "result": serve(method, params)})
    except LookupError as error:
        send({"id": shown, "error": {"code": error.args[0], "message": error.args[1]}})


def main() -> int:
    if "--login" in sys.argv:
        sys.stdout.write("Open \x1b[1mhttps://login.example/device?code=1\x1b[0m to sign in.\n")
        sys.stdout.flush()
        with open(SIGNED_IN, "w", encoding="utf-8") as done:  # noqa: PTH123
            done.write("yes")
        return 0
    if "dies_at_start" in ROUGH:
        sys.stderr.write("no licence\n")
        return 4
    if "deaf_to_term" in ROUGH:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if "grandchild" in ROUGH:
        subprocess.Popen([sys.executable, "-c", "import time; time.sleep(300)"], stdin=-3)
    if "retired" in ROUGH:
        os.write(1, b"this program is retired, install the next\n")
        raise SystemExit(0)
    if "never_ready" in ROUGH:
        threading.Event().wait(60)
    if "slow_start" in ROUGH:
        threading.Event().wait(0.5)
    for line in sys.stdin.buffer:
        take(json.loads(line))
    if "deaf_to_term" in ROUGH:
        threading.Event().wait(60)
    return 0


if __name__ == "__main__":
    sys.exit(main())
