"""Notifications by the desktop's own service, with an action that leads to what was said.

Qt sends its own to the same service without one, and then nobody tells of a click (Qt 6.11, seen
with xfce4-notifyd, which shows the action as a button, and none whose label is empty). Linux only;
where there is no service, or one without actions, `say` gives back False: Qt's way is left. Source:
the Desktop Notifications Specification 1.3, of freedesktop.org.
"""

import asyncio
import logging
import os
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, QSocketNotifier, Signal

import resources

if TYPE_CHECKING:
    from jeepney import Message
    from jeepney.io.blocking import DBusConnection

logger = logging.getLogger(__name__)

INTERFACE: Final = "org.freedesktop.Notifications"
PATH: Final = "/org/freedesktop/Notifications"
APPLICATION: Final = "Lingma Gateway"
ANSWER_S: Final = 3.0
"""So long the service may take to say what it can: it may have to be started for it."""
MOST_KEPT: Final = 50
"""So many can still be clicked."""
BY_THE_SERVICE: Final = -1
"""How long a notification stays is the service's matter."""


class DesktopNotifications(QObject):
    """Says things through the session's notification service. On the UI's thread."""

    clicked = Signal(str)
    """The token of the notification that was clicked."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._connection: DBusConnection | None = None
        self._readable: QSocketNotifier | None = None
        self._asked: dict[int, str] = {}
        self._shown: dict[int, str] = {}
        self._on_screen: set[int] = set()

    async def say(self, title: str, text: str, token: str) -> bool:
        """Show a notification; a click on it tells `token`. False where nobody can show one."""
        if self._connection is None and not await self._connect():
            return False
        body = (
            APPLICATION,
            0,
            str(resources.path("icons", "product.svg")),
            title,
            _escaped(text),
            ["default", self.tr("Open")],
            {"desktop-entry": ("s", "lingma-gateway")},
            BY_THE_SERVICE,
        )
        serial = self._send("Notify", "susssasa{sv}i", body)
        if serial is None:
            return False
        self._asked[serial] = token
        return True

    def close(self) -> None:
        """Let go of the bus. Nobody hears of a click then: what is on the screen goes, too."""
        left, self._on_screen = self._on_screen, set()
        for number in left:
            self._send("CloseNotification", "u", (number,))
        if self._readable is not None:
            self._readable.setEnabled(False)
            self._readable.deleteLater()
        if self._connection is not None:
            self._connection.close()
        self._connection = self._readable = None
        self._asked.clear()
        self._shown.clear()

    async def _connect(self) -> bool:
        try:
            connection = await asyncio.to_thread(_open)
        except (OSError, RuntimeError, ValueError) as error:
            logger.info("no notification service: %s", error)
            return False
        if connection is None:
            return False
        if self._connection is not None:  # another one was quicker
            connection.close()
            return True
        self._connection = connection
        self._readable = QSocketNotifier(connection.sock.fileno(), QSocketNotifier.Type.Read, self)
        self._readable.activated.connect(self._read)
        return True

    def _send(self, method: str, signature: str, body: tuple[Any, ...]) -> int | None:
        from jeepney import DBusAddress, new_method_call

        if self._connection is None:
            return None
        serial: int = next(self._connection.outgoing_serial)
        address = DBusAddress(PATH, INTERFACE, INTERFACE)
        try:
            self._connection.send(new_method_call(address, method, signature, body), serial=serial)
        except OSError as error:
            logger.info("the notification service is gone: %s", error)
            self.close()
            return None
        return serial

    def _read(self) -> None:
        """Everything that has come; what is not whole yet waits for the rest."""
        while self._connection is not None:
            try:
                message = self._connection.receive(timeout=0)
            except TimeoutError:
                return
            except OSError as error:
                logger.info("the session's bus is gone: %s", error)
                self.close()
                return
            self._take(message)

    def _take(self, message: "Message") -> None:
        from jeepney import HeaderFields, MessageType

        fields, body = message.header.fields, message.body
        token = self._asked.pop(fields.get(HeaderFields.reply_serial, 0), None)
        if message.header.message_type is MessageType.error:
            logger.info("the notification service refuses: %s", body)
        elif token is not None:
            self._shown[body[0]] = token
            self._on_screen.add(body[0])
            while len(self._shown) > MOST_KEPT:
                del self._shown[next(iter(self._shown))]
        elif fields.get(HeaderFields.interface) == INTERFACE:
            # Services differ in whether a notification is closed before or after its click is told.
            member = fields.get(HeaderFields.member)
            is_click = member == "ActionInvoked"
            if member == "NotificationClosed":
                self._on_screen.discard(body[0])
            if is_click and (clicked := self._shown.pop(body[0], None)) is not None:
                self.clicked.emit(clicked)


def _open() -> "DBusConnection | None":
    """A connection that hears of clicks; None where the service knows no actions. Blocks.

    Raises OSError, RuntimeError and ValueError where there is no bus or no service.
    """
    from jeepney import DBusAddress, MatchRule, message_bus, new_method_call
    from jeepney.io.blocking import Proxy, open_dbus_connection
    from jeepney.wrappers import DBusErrorResponse

    usual = f"unix:path={os.environ.get('XDG_RUNTIME_DIR', '')}/bus"
    connection = open_dbus_connection(os.environ.get("DBUS_SESSION_BUS_ADDRESS") or usual)
    try:
        rule = MatchRule(type="signal", interface=INTERFACE, path=PATH)
        Proxy(message_bus, connection, timeout=ANSWER_S).AddMatch(rule)
        asking = new_method_call(DBusAddress(PATH, INTERFACE, INTERFACE), "GetCapabilities")
        answer = connection.send_and_get_reply(asking, timeout=ANSWER_S)
    except DBusErrorResponse as error:
        connection.close()
        raise RuntimeError(str(error)) from None
    except BaseException:
        connection.close()
        raise
    known = answer.body[0] if answer.body else ()
    if "actions" not in known:
        connection.close()
        logger.info("the notification service has no actions: %s", known)
        return None
    return connection


def _escaped(text: str) -> str:
    """The words of a body: services read some markup in them."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
