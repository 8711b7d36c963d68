"""Draws the application's icons from the one SVG: PNG in every size, .ico, .icns.

Run with the build's Python (it needs Qt's SVG module): `draw.py SVG FOLDER`.
"""

import os
import struct
import sys
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF, Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

PNG_SIZES = (16, 22, 24, 32, 48, 64, 128, 256, 512)
ICO_SIZES = (16, 20, 24, 32, 40, 48, 64, 128, 256)
ICNS_TYPES = {b"icp4": 16, b"icp5": 32, b"ic07": 128, b"ic08": 256, b"ic09": 512, b"ic10": 1024}


def png(renderer: QSvgRenderer, size: int) -> bytes:
    """The icon at one size."""
    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    renderer.render(painter, QRectF(0, 0, size, size))
    painter.end()
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return bytes(content.data())


def ico(pictures: dict[int, bytes]) -> bytes:
    """Windows' container, with PNG inside."""
    offset = 6 + 16 * len(pictures)
    head, body = struct.pack("<HHH", 0, 1, len(pictures)), b""
    for size, content in pictures.items():
        head += struct.pack(
            "<BBBBHHII", size % 256, size % 256, 0, 0, 1, 32, len(content), offset + len(body)
        )
        body += content
    return head + body


def icns(pictures: dict[bytes, bytes]) -> bytes:
    """macOS's container, with PNG inside."""
    body = b"".join(
        kind + struct.pack(">I", len(content) + 8) + content for kind, content in pictures.items()
    )
    return b"icns" + struct.pack(">I", len(body) + 8) + body


def main() -> None:
    """Draw all of them."""
    source, folder = Path(sys.argv[1]), Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    application = QGuiApplication([])
    renderer = QSvgRenderer(QByteArray(source.read_bytes()))
    for size in PNG_SIZES:
        (folder / f"{size}.png").write_bytes(png(renderer, size))
    (folder / "lingma-gateway.ico").write_bytes(ico({s: png(renderer, s) for s in ICO_SIZES}))
    kinds = {kind: png(renderer, size) for kind, size in ICNS_TYPES.items()}
    (folder / "lingma-gateway.icns").write_bytes(icns(kinds))
    application.quit()


if __name__ == "__main__":
    main()
