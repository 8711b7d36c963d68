"""The sign-in pages and the callback, as pure requests and responses.

The page says plainly that it belongs to the demo. Its form leads to ``/login/submit``, which
redirects the browser to ``/auth/callback`` with the one-shot nonce, as the vendor's site does.
"""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlencode, urlsplit

from gateway_engine.emulator.account import Account, auth_for
from gateway_engine.emulator.ids import Ids

_PAGE = """\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
  :root {{ color-scheme: light dark; --card: #fff; --ink: #1c2333; --dim: #5b6478;
    --line: #d9deea; --page: linear-gradient(135deg, #e9edff, #f6f1ff 55%, #e8f7ff); }}
  @media (prefers-color-scheme: dark) {{ :root {{ --card: #1d2230; --ink: #eef1f8;
    --dim: #a3acc2; --line: #38405a; --page: linear-gradient(135deg, #10131c, #1a1630); }} }}
  * {{ box-sizing: border-box }}
  body {{ margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 24px;
    background: var(--page); color: var(--ink);
    font: 16px/1.55 system-ui, "PingFang SC", "Microsoft YaHei", sans-serif }}
  main {{ width: min(420px, 100%); background: var(--card); border-radius: 18px; padding: 34px;
    box-shadow: 0 18px 50px rgba(20, 30, 80, .16) }}
  h1 {{ font-size: 22px; margin: 14px 0 4px }}
  p {{ margin: 8px 0; color: var(--dim) }}
  .badge {{ display: inline-block; padding: 3px 12px; border-radius: 99px; font-size: 13px;
    font-weight: 600; background: #ffe9c7; color: #7a4b00 }}
  label {{ display: block; margin: 22px 0 6px; font-weight: 600; font-size: 14px }}
  input {{ width: 100%; padding: 11px 13px; font: inherit; color: inherit; background: transparent;
    border: 1px solid var(--line); border-radius: 10px }}
  button {{ width: 100%; margin-top: 16px; padding: 12px; font: inherit; font-weight: 600;
    color: #fff; background: #5b5bf0; border: 0; border-radius: 10px; cursor: pointer }}
  button:hover {{ background: #4747d8 }}
  input:focus-visible, button:focus-visible {{ outline: 3px solid #a9a9ff; outline-offset: 2px }}
  .mark {{ font-size: 40px; line-height: 1 }}
</style>
<main>
<span class="badge">Demo · 演示</span>
{body}
</main>
</html>
"""

_FORM = """\
<h1>Sign in to the demo · 登录演示账号</h1>
<p>This page belongs to the emulator built into Lingma Gateway. It is <b>not</b> Alibaba Cloud:
any name will do, and no password is needed.</p>
<p lang="zh-CN">这是 Lingma Gateway 内置模拟器的页面，<b>不是</b>阿里云登录页。
可以填写任意用户名，无需密码。</p>
<form action="/login/submit" method="get">
  <input type="hidden" name="nonce" value="{nonce}">
  <label for="username">User name · 用户名</label>
  <input id="username" name="username" value="demo" maxlength="64" required autofocus
    autocomplete="off">
  <button id="submit" type="submit">Sign in · 登录</button>
</form>
"""

_DONE = """\
<div class="mark" aria-hidden="true">✓</div>
<h1>Signed in as {name} · 登录成功</h1>
<p>You can close this window.</p>
<p lang="zh-CN">您可以关闭此窗口。</p>
"""

_BAD_LINK = """\
<h1>This link does not work · 链接无效</h1>
<p>It was used before, or it was made by another instance. Ask for a new one.</p>
<p lang="zh-CN">该链接已被使用，或来自另一个实例。请重新获取登录链接。</p>
"""

_NOT_FOUND = "<h1>Not found · 页面不存在</h1>"


@dataclass(frozen=True, slots=True)
class Page:
    """One HTTP response; ``signed_in`` says that the account has just changed."""

    status: int
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    signed_in: bool = False


def respond(target: str, account: Account, ids: Ids) -> Page:
    """The response to ``GET target``."""
    url = urlsplit(target)
    query = {name: values[0] for name, values in parse_qs(url.query).items()}
    match url.path:
        case "/login":
            return _login(query, account)
        case "/login/submit":
            return _submit(query, account, ids)
        case "/auth/callback":
            return _callback(query, account)
    return _page(404, _NOT_FOUND)


def _login(query: Mapping[str, str], account: Account) -> Page:
    nonce = query.get("nonce", "")
    if not account.knows_nonce(nonce):
        return _page(400, _BAD_LINK)
    return _page(200, _FORM.format(nonce=html.escape(nonce)))


def _submit(query: Mapping[str, str], account: Account, ids: Ids) -> Page:
    nonce, name = query.get("nonce", ""), query.get("username", "").strip()
    if not account.knows_nonce(nonce):
        return _page(400, _BAD_LINK)
    if not name:
        return _page(400, _FORM.format(nonce=html.escape(nonce)))
    values = {"nonce": nonce, "auth": auth_for(name), "tokenString": ids.token("pt-demo")}
    return Page(302, headers={"Location": "/auth/callback?" + urlencode(values)})


def _callback(query: Mapping[str, str], account: Account) -> Page:
    names = ("nonce", "auth", "tokenString")
    if not account.sign_in(*(query.get(name, "") for name in names)):
        return _page(400, _BAD_LINK)
    page = _page(200, _DONE.format(name=html.escape(account.name)))
    return Page(page.status, page.body, page.headers, signed_in=True)


def _page(status: int, body: str) -> Page:
    return Page(
        status,
        _PAGE.format(title="Lingma Gateway demo sign-in", body=body),
        {
            "Content-Type": "text/html; charset=utf-8",
            "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
        },
    )
