"""One desktop per home folder: a second launch shows the first one's window and ends, or, for
installers, asks the first one to quit.

The name of the local socket is derived from the folder, so copies with different
LINGMA_GATEWAY_HOME run side by side. A socket left behind by a crash is recognised by nobody
answering, and replaced.
"""

import getpass
import hashlib
import logging
import os
from pathlib import Path

from PySide6.QtCore import QDeadlineTimer, QObject, QThread, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

logger = logging.getLogger(__name__)

SHOW = b"show\n"
SHOWN = b"shown\n"
OPEN = b"open "
QUIT = b"quit\n"
QUITTING = b"quitting\n"
ANSWER_DEADLINE_MS = 3000
QUIT_DEADLINE_MS = 15_000
RETRY_MS = 100
MAX_REQUEST_BYTES = 8192


def socket_name(folder: Path) -> str:
    """A name that fits every system's limits and differs by user and folder."""
    try:
        user = getpass.getuser()
    except (OSError, KeyError):
        user = ""
    seed = f"{user}\0{folder.resolve()}".encode()
    return f"lingma-gateway-{hashlib.sha256(seed).hexdigest()[:20]}"


def show_running(name: str, *, patience_s: float = 0.0, file: Path | None = None) -> bool:
    """Ask a running desktop to show its window; False when none answers. Blocks shortly.

    With `patience_s`, one that is known to run but does not listen yet is waited for. With `file`,
    it opens that.
    """
    request = SHOW if file is None else OPEN + os.fsencode(file.absolute()) + b"\n"
    deadline = QDeadlineTimer(round(patience_s * 1000))
    while True:
        if _ask_once(name, request):
            return True
        if deadline.hasExpired():
            return False
        QThread.msleep(RETRY_MS)


def _ask_once(name: str, request: bytes) -> bool:
    socket = QLocalSocket()
    is_shown = _ask(socket, name, request, SHOWN)
    socket.abort()
    return is_shown


def quit_running(name: str) -> bool:
    """Ask a running desktop to quit and wait until it has; True when none runs any more."""
    socket = QLocalSocket()
    if not _ask(socket, name, QUIT, QUITTING):
        is_alone = socket.error() is not QLocalSocket.LocalSocketError.SocketTimeoutError
        socket.abort()
        return is_alone
    # The system closes its end when the process is gone, however that ends.
    return (
        socket.state() is QLocalSocket.LocalSocketState.UnconnectedState
        or socket.waitForDisconnected(QUIT_DEADLINE_MS)
    )


def _ask(socket: QLocalSocket, name: str, request: bytes, answer: bytes) -> bool:
    socket.connectToServer(name)
    if not socket.waitForConnected(ANSWER_DEADLINE_MS):
        return False
    socket.write(request)
    return (
        socket.waitForBytesWritten(ANSWER_DEADLINE_MS)
        and socket.waitForReadyRead(ANSWER_DEADLINE_MS)
        and bytes(socket.readAll().data()).startswith(answer)
    )


class InstanceServer(QObject):
    """Listens for later launches."""

    show_wanted = Signal()
    quit_wanted = Signal()
    open_wanted = Signal(str)

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._accept)
        if not self._server.listen(name):
            # Nobody answered there (the caller has tried): a crash left it.
            QLocalServer.removeServer(name)
            if not self._server.listen(name):
                logger.warning(
                    "later launches cannot find this one: %s", self._server.errorString()
                )

    def close(self) -> None:
        """Stop listening and remove the socket."""
        self._server.close()

    def _accept(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            socket.setReadBufferSize(MAX_REQUEST_BYTES)
            socket.readyRead.connect(lambda socket=socket: self._read(socket))
            socket.disconnected.connect(socket.deleteLater)
            if socket.bytesAvailable():
                self._read(socket)

    def _read(self, socket: QLocalSocket) -> None:
        request = bytes(socket.readAll().data())
        if request.startswith(SHOW):
            self.show_wanted.emit()
            socket.write(SHOWN)
            socket.flush()
        elif request.startswith(OPEN) and request.endswith(b"\n"):
            socket.write(SHOWN)
            socket.flush()
            self.open_wanted.emit(os.fsdecode(request.removeprefix(OPEN)[:-1]))
        elif request.startswith(QUIT):
            socket.write(QUITTING)
            socket.flush()
            self.quit_wanted.emit()
