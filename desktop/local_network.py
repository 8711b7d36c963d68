"""How the window asks the endpoint over HTTP, as a client of this very computer."""

from PySide6.QtCore import QObject
from PySide6.QtNetwork import QNetworkAccessManager, QNetworkProxy


def local_network(parent: QObject) -> QNetworkAccessManager:
    """Access that goes by no proxy: a system-wide one must not get to see what is asked here."""
    network = QNetworkAccessManager(parent)
    network.setProxy(QNetworkProxy(QNetworkProxy.ProxyType.NoProxy))
    return network
