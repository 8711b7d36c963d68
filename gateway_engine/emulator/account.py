"""The signed-in account: the ``auth/status`` object, the one-shot nonces, ``cache/user``.

::

    logged out (1) --generateUrl, callback with its nonce--> logged in (2) --expire--> expired (3)
          ^------------------------- logout ---------------------'

``cache/user`` is opaque to a client and tied to a machine id: carried to another machine it does
not count. Source: the wire notes, sections 1 and 4.
"""

from __future__ import annotations

import base64
import hashlib
import json
import time
from typing import Any

from gateway_engine.emulator.ids import Ids
from gateway_engine.emulator.work_dir import WorkDir

LOGGED_OUT, LOGGED_IN, EXPIRED = 1, 2, 3
WHITELIST_NO, WHITELIST_PASSED = 1, 3
TOKEN_LIFETIME_MS = 30 * 24 * 3600 * 1000
MAX_NAME_CHARS = 64
MAX_OPEN_NONCES = 64


class Account:
    """The login of one workDir."""

    def __init__(self, work_dir: WorkDir, ids: Ids, machine: str) -> None:
        self._work_dir = work_dir
        self._ids = ids
        self._machine = machine
        self._nonces: list[str] = []
        self._expired = False
        self._login = self._read()

    @property
    def status(self) -> int:
        """1 logged out, 2 logged in, 3 expired."""
        if self._login is None:
            return LOGGED_OUT
        return EXPIRED if self._expired else LOGGED_IN

    @property
    def name(self) -> str:
        """Who is signed in; empty when nobody is."""
        return str(self._login["name"]) if self._login else ""

    @property
    def user_type(self) -> str:
        """The kind of account; empty when nobody is signed in."""
        return "personal_standard" if self._login else ""

    def report(self) -> dict[str, Any]:
        """The full ``auth/status`` object, fake tokens included."""
        if self._login is None:
            return {"status": LOGGED_OUT, "whitelist": WHITELIST_NO, "name": "", "id": ""}
        name = self.name
        number = _number_of(name)
        return {
            "status": self.status,
            "whitelist": WHITELIST_PASSED,
            "name": name,
            "id": number,
            "accountId": number,
            "email": f"{name}@emulator.invalid",
            "userType": self.user_type,
            "quota": 1000,
            "token": self._login["token"],
            "refreshToken": self._login["refreshToken"],
            "expireTime": self._login["expireTime"],
            "orgId": "org-demo",
            "orgName": "Emulator",
            "yxUid": f"yx-{number}",
            "avatarUrl": "",
        }

    def new_nonce(self) -> str:
        """A nonce for one sign-in through this very process."""
        nonce = self._ids.token("nonce")
        self._nonces = [*self._nonces[-MAX_OPEN_NONCES:], nonce]
        return nonce

    def knows_nonce(self, nonce: str) -> bool:
        """Whether a sign-in with this nonce is still open."""
        return nonce in self._nonces

    def sign_in(self, nonce: str, auth: str, token: str) -> bool:
        """Finish a sign-in; False when the nonce is spent or foreign, or ``auth`` makes no sense.

        A right nonce is spent either way.
        """
        if nonce not in self._nonces:
            return False
        self._nonces.remove(nonce)
        name = name_in_auth(auth)
        if not name or not token:
            return False
        self.sign_in_as(name, token)
        return True

    def sign_in_as(self, name: str, token: str = "") -> None:
        """Sign in at once and write the login to ``cache/``."""
        self._login = {
            "name": name[:MAX_NAME_CHARS],
            "token": token or self._ids.token("pt-demo"),
            "refreshToken": self._ids.token("rt-demo"),
            "expireTime": int(time.time() * 1000) + TOKEN_LIFETIME_MS,
            "machine": self._machine,
        }
        self._expired = False
        sealed = base64.b64encode(json.dumps(self._login).encode("utf-8")).decode("ascii")
        if self._work_dir.read_cache("id") is None:
            self._work_dir.write_cache("id", self._ids.uuid())
        self._work_dir.write_cache("user", sealed)
        self._work_dir.write_cache("quota", json.dumps({"quota": 1000, "used": 0}))

    def sign_out(self) -> None:
        """Forget the login, on disk too."""
        self._login = None
        self._expired = False
        for name in ("user", "quota"):
            self._work_dir.remove_cache(name)

    def expire(self) -> bool:
        """Let the login expire; False when nobody is signed in."""
        self._expired = self._login is not None
        return self._expired

    def _read(self) -> dict[str, Any] | None:
        sealed = self._work_dir.read_cache("user")
        if sealed is None:
            return None
        try:
            login = json.loads(base64.b64decode(sealed, validate=True))
        except ValueError:
            return None
        if not isinstance(login, dict) or login.get("machine") != self._machine:
            return None
        wanted = ("name", "token", "refreshToken", "expireTime")
        return login if all(login.get(key) for key in wanted) else None


def auth_for(name: str) -> str:
    """The ``auth`` value of a callback URL for that user name."""
    content = json.dumps({"name": name}, ensure_ascii=False).encode("utf-8")
    return base64.urlsafe_b64encode(content).decode("ascii")


def name_in_auth(auth: str) -> str:
    """The user name an ``auth`` value carries; empty when it is none."""
    try:
        content = json.loads(base64.urlsafe_b64decode(auth.encode("ascii")))
    except ValueError:
        return ""
    name = content.get("name") if isinstance(content, dict) else None
    return name.strip() if isinstance(name, str) else ""


def _number_of(name: str) -> str:
    digest = hashlib.sha256(name.encode("utf-8")).hexdigest()
    return str(int(digest[:12], 16))
