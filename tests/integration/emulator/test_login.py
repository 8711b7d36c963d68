"""Signing in through the page, through the wire, out, and expiring."""

import asyncio
import html
import re
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

import pytest

from tests.integration.emulator.raw_client import RawClient, RefusedError
from tests.integration.emulator.running_program import program, run_command


async def get(url: str, method: str = "GET") -> tuple[int, dict[str, str], str]:
    """One HTTP request as a browser makes it, without following redirects."""
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    writer.write(f"{method} {target} HTTP/1.1\r\nHost: {parts.netloc}\r\n\r\n".encode("ascii"))
    head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    writer.close()
    await writer.wait_closed()
    status, *lines = head.decode("latin-1").split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines)
    location = next((line.split(": ", 1)[1] for line in lines if line.startswith("Location")), "")
    return int(status.split(" ")[1]), headers | {"location": location}, body.decode("utf-8")


async def login_url(client: RawClient) -> str:
    answer = await client.call("login/generateUrl", {"loginDedicatedType": ""})
    assert parse_qs(urlsplit(answer["loginUrl"]).query)["nonce"] == [answer["nonce"]]
    url: str = answer["loginUrl"]
    return url


async def test_logged_out(tmp_path: Path) -> None:
    async with program(tmp_path, "logged_out") as running, running.client() as client:
        status = await client.call("auth/status", {})
        assert status["status"] == 1
        assert "token" not in status
        assert await client.call("config/queryModels", {}) == {}
        answer = await client.ask("hello")
        assert (answer.finish["statusCode"], answer.text) == (401, "")
        assert not (tmp_path / "cache" / "user").exists()


async def test_signing_in_through_the_page(tmp_path: Path) -> None:
    async with (
        program(tmp_path, "logged_out") as running,
        running.client() as client,
        running.client() as second,
    ):
        url = await login_url(client)
        status, headers, page = await get(url)
        assert status == 200
        assert headers["content-type"] == "text/html; charset=utf-8"
        assert "built into Lingma Gateway" in page
        assert "演示" in page
        assert "http" not in re.sub(r"<html.*?>", "", page)  # nothing loaded from elsewhere
        action = re.findall(r'action="([^"]+)"', page)[0]
        nonce = html.unescape(re.findall(r'name="nonce" value="([^"]+)"', page)[0])
        submit = urljoin(url, action) + "?" + urlencode({"nonce": nonce, "username": "小明"})
        status, headers, _ = await get(submit)
        assert status == 302
        callback = urljoin(url, headers["location"])
        assert urlsplit(callback).path == "/auth/callback"
        status, _, page = await get(callback)
        assert status == 200
        assert "You can close this window" in page
        for each in (client, second):
            report = await each.until_method("auth/report")
            assert (report["status"], report["whitelist"], report["name"]) == (2, 3, "小明")
            await each.until_method("config/refreshModels")
        assert (await client.call("auth/status", {})) == report
        assert "demo-auto" in str(await client.call("config/queryModels", {}))
        assert (tmp_path / "cache" / "id").exists()
        status, _, page = await get(callback)
        assert status == 400
        assert "链接无效" in page
    async with program(tmp_path, "logged_out") as running, running.client() as client:
        assert (await client.call("auth/status", {}))["name"] == "小明"
    assert (
        '"username": "小明"'
        in (await run_command("status", "-o", "json", "--workDir", str(tmp_path)))[1]
    )


async def test_a_nonce_lives_in_its_own_process(tmp_path: Path) -> None:
    async with (
        program(tmp_path / "a", "logged_out") as one,
        program(tmp_path / "b", "logged_out") as other,
        one.client() as first,
        other.client() as second,
    ):
        foreign = urlsplit(await login_url(first))
        own = urlsplit(await login_url(second))
        status, _, _ = await get(foreign._replace(netloc=own.netloc).geturl())
        assert status == 400


async def test_other_requests(tmp_path: Path) -> None:
    async with program(tmp_path) as running, running.client() as client:
        url = await login_url(client)
        assert (await get(urljoin(url, "/nothing")))[0] == 404
        assert (await get(url, "POST"))[0] == 405
        assert (await get(urljoin(url, "/x?" + "y" * 40_000)))[0] == 431


async def test_login_url_string(tmp_path: Path) -> None:
    async with program(tmp_path, "login_url_string") as running, running.client() as client:
        url = await client.call("login/generateUrl", {"loginDedicatedType": ""})
        assert isinstance(url, str)
        assert (await get(url))[0] == 200


async def test_logging_out(tmp_path: Path) -> None:
    async with program(tmp_path) as running, running.client() as client:
        token = (await client.call("auth/status", {}))["token"]
        assert len(token) > 20
        assert await client.call("auth/logout", {}) == {"success": True}
        assert (await client.until_method("auth/report"))["status"] == 1
        assert not (tmp_path / "cache" / "user").exists()
        assert token not in (tmp_path / "logs" / "lingma.log").read_text()
    async with program(tmp_path) as running, running.client() as client:
        assert (await client.call("auth/status", {}))["status"] == 1


async def test_expired_login(tmp_path: Path) -> None:
    async with program(tmp_path, "expired_login=0.3") as running, running.client() as client:
        assert (await client.call("auth/status", {}))["status"] == 2
        assert (await client.until_method("auth/report"))["status"] == 3
        assert (await client.ask("hello")).finish["statusCode"] == 401


async def test_a_login_does_not_travel_to_another_machine(tmp_path: Path) -> None:
    async with program(tmp_path) as running:
        await running.port()
    async with program(tmp_path, MACHINE="other") as running, running.client() as client:
        assert (await client.call("auth/status", {}))["status"] == 1


@pytest.mark.parametrize("params", [{}, {"nonce": 1, "auth": "", "tokenString": ""}])
async def test_bad_callback_parameters(tmp_path: Path, params: dict[str, object]) -> None:
    async with program(tmp_path) as running, running.client() as client:
        with pytest.raises(RefusedError) as refused:
            await client.call("login/auth_callback", params)
        assert refused.value.code == -32602
