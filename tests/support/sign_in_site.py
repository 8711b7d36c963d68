"""A sign-in site as the wild has them, which in the end sends the browser to the callback.

Its pages are unlike the emulator's: two steps, frames, scripts, errors in words, captchas, codes.
"""

import asyncio
import html
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

USER, PASSWORD = "ann@example.com", "pa$$ word-Ünïcode"

ONE_FORM = """<form method=post action=/in><label>E-mail <input name=mail type=email></label>
<label>Password <input name=pw type=password></label><a href=/reset>Forgot your password?</a>
<button type=button>Sign in with Google</button><button>Log in</button></form>"""
CHINESE = """<form method=post action=/in><input name=q type=search placeholder=搜索>
<input name=f1 placeholder=手机号/邮箱/账号><input name=f2 type=password placeholder=请输入密码>
<div role=button tabindex=0 onclick=this.closest('form').submit()>登 录</div></form>"""
STEP_ONE = """<form method=post action=/step><input name=mail autocomplete=username>
<button>Continue</button></form>"""
STEP_TWO = """<form method=post action=/in><p>ann</p><input name=pw type=password
autocomplete=current-password><button>Next</button></form>"""
TABS = (
    """<div><span onclick="document.getElementById('f').hidden=false">密码登录</span>
<span>扫码登录</span></div><div id=f hidden>"""
    + ONE_FORM
    + "</div>"
)
FRAME = "<h1>Welcome</h1><iframe src=/one width=600 height=400></iframe>"
SCRIPTED = """<div id=app></div><script>setTimeout(() => {
document.getElementById('app').innerHTML = `<input id=u placeholder="User name">
<input id=p type=password><div class=err id=e></div><button id=b>Sign in</button>`;
document.getElementById('b').onclick = async () => {
  const body = new URLSearchParams({mail: u.value, pw: p.value});
  const got = await fetch('/api', {method: 'POST', body});
  if (got.ok) location = (await got.text()); else e.textContent = 'Something is not right';
}}, 400)</script>"""
SOFT = SCRIPTED.replace("class=err", "class=tip").replace(
    "if (got.ok) location = (await got.text()); else e.textContent = 'Something is not right';",
    "const said = await got.text();"
    "if (said.startsWith('http')) location = said; else e.textContent = said;",
)
LATE_BUTTON = """<input id=u placeholder="Account"><input id=p type=password>
<button id=b disabled>Continue</button><script>
for (const f of [u, p]) f.oninput = () => { b.disabled = !(u.value && p.value) };
b.onclick = async () => {
  const body = new URLSearchParams({mail: u.value, pw: p.value});
  const got = await fetch('/api', {method: 'POST', body});
  if (got.ok) location = (await got.text());
}</script>"""
PICTURE = ONE_FORM.replace("<button>", '<input placeholder="Letters (captcha)"><button>')
APP_CODE = """<h1>One more thing</h1><form method=post action=/in><label>Enter the 6 digits of the
code from your authenticator app <input name=k inputmode=numeric></label>
<button>Go</button></form>"""
TRAP = """<form method=post action=/in>
<input name=trap type=password style="position:absolute;left:-9999px" tabindex=-1>
<input name=mail aria-label="Work account"><input name=pw type=password aria-label=Secret>
<a href=# onclick="this.closest('form').submit(); return false">进入</a></form>"""
CAPTCHA = """<form method=post action=/in><input name=mail type=email><input name=pw type=password>
<input name=c placeholder="图形验证码"><button>Log in</button></form>"""
WIDGET = ONE_FORM + '<div class="g-captcha-box" style="width:300px;height:74px">not a robot</div>'
CODE = """<p>We sent a verification code to your phone</p><form method=post action=/in>
<input name=otp autocomplete=one-time-code><button>Verify</button></form>"""
WRONG = "<p role=alert>The password you entered is incorrect.</p>"
ODD = """<form method=post action=/in><input name=x1 type=text><input name=mail type=text>
<input name=pw type=text class=secret><button type=button>No</button><i
onclick="this.closest('form').submit()" id=go style="display:inline-block;width:40px;height:40px">
&#10132;</i></form>"""

TERMS = """<style>.drawn input {position:absolute; opacity:0; width:0; height:0}</style>
<label><input type=checkbox name=spam> I want offers and news by e-mail</label>
<label class=drawn><input type=checkbox name=tos><i>&#9744;</i> 我已阅读并同意
<a href=/nothing target=_blank>用户协议</a></label>"""
AGREE = ONE_FORM.replace("<button>", TERMS + "<button>")
DRAWN = ONE_FORM.replace(
    "<button>",
    """<span role=checkbox aria-checked=false tabindex=0 onclick="
this.setAttribute('aria-checked', 'true'); tos.value = 'on'">&#9744;</span> I accept the terms
<input type=hidden name=tos id=tos><button>""",
)
NO_BOX = ONE_FORM.replace("<button>", "<p onclick=0>Terms of service</p><button>")
UNAGREED = "<p>请先阅读并勾选用户协议</p>"
DOOR = """<h1>Portal</h1><a href=/nothing>Documentation</a><a href=/nothing>Sign in with Google</a>
<a href=/one target=_blank>Log in / Sign up</a>"""
MODAL = (
    "<button onclick=\"document.getElementById('d').hidden=false\">立即登录</button>"
    "<div id=d hidden>" + ONE_FORM + "</div>"
)
COVERED = "<div onclick=this.remove() style='position:fixed;inset:0;z-index:9'></div>" + ONE_FORM

PAGES = {
    "/one": ONE_FORM, "/chinese": CHINESE, "/two": STEP_ONE, "/tabs": TABS, "/frame": FRAME,
    "/scripted": SCRIPTED, "/late": LATE_BUTTON, "/trap": TRAP,
    "/picture": PICTURE, "/app": ONE_FORM,
    "/agree": AGREE, "/drawn": DRAWN, "/nobox": NO_BOX, "/door": DOOR, "/modal": MODAL,
    "/covered": COVERED, "/soft": SOFT,
    "/captcha": CAPTCHA, "/widget": WIDGET, "/odd": ODD,
    "/denied": "<h1>Access denied</h1>", "/gate": "", "/missing": "",
    "/unsigned": ONE_FORM, "/broken": "",
    "/nothing": "<h1>Maintenance</h1><p>We are back soon.</p>", "/code": ONE_FORM,
}  # fmt: skip
ERRORS = {"/denied": 403, "/gate": 401, "/missing": 404, "/unsigned": 401, "/broken": 500}


@dataclass
class SignInSite:
    """`entry` is the page a sign-in begins at; `callback` where a good one ends."""

    entry: str
    callback: Callable[[], str]
    password: str = PASSWORD
    silent: bool = False
    """A wrong password brings the form back without a word."""
    hang: bool = False
    tries: list[tuple[str, str]] = field(default_factory=list)
    offers: int = 0
    """How many a time somebody wanted offers by e-mail."""
    asked: int = 0
    """How many requests have come, answered or held."""
    shown: int = 0
    port: int = 0
    _user: str = ""
    _held: asyncio.Event = field(default_factory=asyncio.Event)
    _busy: set[asyncio.Task[object]] = field(default_factory=set)

    @property
    def url(self) -> str:
        """Where a browser is sent."""
        return f"http://127.0.0.1:{self.port}{self.entry}"

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request a connection."""
        task = asyncio.current_task()
        assert task is not None
        self._busy.add(task)
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            method, target, _ = head.split("\r\n")[0].split(" ")
            length = next(
                (
                    int(x.split(":")[1])
                    for x in head.split("\r\n")
                    if x.lower().startswith("content-length")
                ),
                0,
            )
            body = (await reader.readexactly(length)).decode()
            self.asked += 1
            if self.hang:
                await self._held.wait()
                return
            status, content, where = self._reply(method, urlsplit(target).path, body)
            data = content.encode()
            more = f"Location: {where}\r\n" if where else ""
            more += 'WWW-Authenticate: Basic realm="Corp"\r\n' if target == "/gate" else ""
            writer.write(
                f"HTTP/1.1 {status} So\r\nContent-Type: text/html; charset=utf-8\r\n{more}"
                f"Content-Length: {len(data)}\r\nConnection: close\r\n\r\n".encode()
                + data
            )
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            return
        finally:
            self._busy.discard(task)
            writer.close()

    def _reply(self, method: str, path: str, body: str) -> tuple[int, str, str]:
        sent = {name: values[0] for name, values in parse_qs(body).items()}
        self.shown += path == self.entry
        if method == "POST" and path == "/step":
            self._user = sent.get("mail", "")
            return 200, page(STEP_TWO), ""
        if method == "POST":
            user = sent.get("mail") or sent.get("f1") or self._user
            password = sent.get("pw") or sent.get("f2") or ""
            self.tries.append((user, password))
            good = (user, password) == (USER, self.password)
            self.offers += "spam" in sent
            if good and self.entry in ("/agree", "/drawn", "/nobox") and not sent.get("tos"):
                return 200, page(UNAGREED + PAGES[self.entry]), ""
            if path == "/api" and self.entry == "/soft":
                return 200, self.callback() if good else "账号或密码错误", ""
            if path == "/api":
                return (200, self.callback(), "") if good else (401, "no", "")
            if good and self.entry in ("/code", "/app"):
                return 200, page(CODE if self.entry == "/code" else APP_CODE), ""
            if good:
                return 302, "", self.callback()
            again = PAGES["/one" if self.entry in ("/frame", "/door") else self.entry]
            again = STEP_TWO if self.entry == "/two" else again
            return 200, page(("" if self.silent else WRONG) + again), ""
        if path in PAGES:
            shown = PAGES[path]
            return ERRORS.get(path, 200), page(shown) if shown else "", ""
        return 404, page("not here"), ""


def page(body: str) -> str:
    """A whole page around it."""
    return f"<!doctype html><meta charset=utf-8><title>{html.escape('Sign in')}</title>{body}"


@asynccontextmanager
async def served(site: SignInSite) -> AsyncIterator[str]:
    """Serve the site; gives the address of its entry."""
    listener = await asyncio.start_server(site.answer, "127.0.0.1", 0)
    site.port = listener.sockets[0].getsockname()[1]
    try:
        yield site.url
    finally:
        site._held.set()
        listener.close()
        await listener.wait_closed()
        if site._busy:
            await asyncio.wait(set(site._busy), timeout=5)
