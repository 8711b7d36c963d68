"""Colours, type and the style sheet: light, dark, or whatever the system shows.

`Tokens` are the design's named values; the QSS in resources/qss names nothing else. Every text
token keeps a contrast of at least 4.5:1 on the surfaces it is used on (tests check all pairs).
"""

import sys
from dataclasses import asdict, dataclass
from string import Template

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontInfo, QFontMetrics, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory

import resources


@dataclass(frozen=True, slots=True)
class Tokens:
    """One theme. `*_soft` are tinted surfaces that carry the colour of the same name as text."""

    is_dark: bool
    window: str
    sidebar: str
    surface: str
    sunken: str
    hover: str
    border: str
    border_strong: str
    text: str
    text_soft: str
    accent: str
    accent_hover: str
    on_accent: str
    accent_soft: str
    ok: str
    ok_soft: str
    info: str
    info_soft: str
    warn: str
    warn_soft: str
    error: str
    error_soft: str
    demo: str
    demo_soft: str


LIGHT = Tokens(
    is_dark=False,
    window="#f5f6f9",
    sidebar="#eceef3",
    surface="#ffffff",
    sunken="#f3f4f8",
    hover="#e6e9f0",
    border="#dfe2ea",
    border_strong="#868e9c",
    text="#191c23",
    text_soft="#555d6b",
    accent="#3f55d1",
    accent_hover="#3346b5",
    on_accent="#ffffff",
    accent_soft="#e4e8fb",
    ok="#12703f",
    ok_soft="#e3f5ea",
    info="#1c5bb8",
    info_soft="#e6f0fd",
    warn="#855000",
    warn_soft="#fff2d9",
    error="#b8272b",
    error_soft="#fdeaea",
    demo="#6b30b5",
    demo_soft="#f1e8fc",
)

DARK = Tokens(
    is_dark=True,
    window="#14161b",
    sidebar="#0f1115",
    surface="#1c1f26",
    sunken="#14171c",
    hover="#272b34",
    border="#2e333d",
    border_strong="#727a88",
    text="#e9ebf1",
    text_soft="#a6aebb",
    accent="#8c9eff",
    accent_hover="#a4b3ff",
    on_accent="#10142b",
    accent_soft="#262c4d",
    ok="#57cf93",
    ok_soft="#152a20",
    info="#78b0ff",
    info_soft="#172539",
    warn="#f2bc4b",
    warn_soft="#2e2512",
    error="#ff8a84",
    error_soft="#361b1d",
    demo="#c9a5ff",
    demo_soft="#291e3d",
)

CJK_FAMILIES = (
    "Microsoft YaHei UI",
    "PingFang SC",
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "WenQuanYi Micro Hei",
)
MONO_FAMILIES = ("Cascadia Mono", "SF Mono", "Menlo", "JetBrains Mono", "Noto Sans Mono")
# What fontconfig answers when no desktop has chosen a font: then a better one is taken if there.
UNCHOSEN_FAMILIES = ("Sans Serif", "Sans", "DejaVu Sans", "Bitstream Vera Sans")
PREFERRED_FAMILIES = ("Inter", "Cantarell", "Ubuntu", "Noto Sans", "Noto Sans CJK SC")


class Theme(QObject):
    """Applies a theme to the application and follows the system while asked to."""

    changed = Signal()
    """`tokens` are others now; the style sheet is already applied."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._app = app
        self._preference = "auto"
        self.tokens = LIGHT
        app.setStyle(QStyleFactory.create("Fusion"))
        app.setFont(interface_font(app.font()))
        app.styleHints().colorSchemeChanged.connect(self._follow)

    def apply(self, preference: str) -> None:
        """Show `preference`: auto, light or dark."""
        self._preference = preference
        scheme = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}.get(
            preference, Qt.ColorScheme.Unknown
        )
        self._app.styleHints().setColorScheme(scheme)
        self._render()

    def forget_widgets(self) -> None:
        """A window is gone: what the style has worked out for its widgets, some 10 MB, goes too."""
        sheet = self._app.styleSheet()
        self._app.setStyleSheet("")
        self._app.setStyleSheet(sheet)

    def _follow(self) -> None:
        if self._preference == "auto":
            self._render()

    def _render(self) -> None:
        scheme = self._app.styleHints().colorScheme()
        is_dark = self._preference == "dark" or (
            self._preference == "auto" and scheme is Qt.ColorScheme.Dark
        )
        self.tokens = DARK if is_dark else LIGHT
        self._app.setPalette(palette(self.tokens))
        self._app.setStyleSheet(style_sheet(self.tokens, self._app.font()))
        self.changed.emit()


def interface_font(system: QFont) -> QFont:
    """The system's font, with Chinese families behind it so that no text falls to boxes."""
    families = [system.family()]
    if sys.platform == "linux" and system.family() in UNCHOSEN_FAMILIES:
        there = set(QFontDatabase.families())
        families = [name for name in PREFERRED_FAMILIES if name in there][:1] or families
    font = QFont(system)
    font.setFamilies([*families, *CJK_FAMILIES])
    if font.pointSizeF() <= 0:
        font.setPointSizeF(10.0)
    return font


def mono_families() -> list[str]:
    """Families for addresses and keys, the system's own fixed font first where it has one."""
    # By its real name: "monospace" means nothing in a list of families.
    fixed = QFontInfo(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)).family()
    return [*MONO_FAMILIES, fixed, *CJK_FAMILIES]


def palette(tokens: Tokens) -> QPalette:
    """Qt's own palette from the tokens, for what no style sheet reaches."""
    result = QPalette()
    role = QPalette.ColorRole
    for name, colour in (
        (role.Window, tokens.window),
        (role.WindowText, tokens.text),
        (role.Base, tokens.surface),
        (role.AlternateBase, tokens.sunken),
        (role.Text, tokens.text),
        (role.PlaceholderText, tokens.text_soft),
        (role.Button, tokens.surface),
        (role.ButtonText, tokens.text),
        (role.BrightText, tokens.error),
        (role.Highlight, tokens.accent),
        (role.HighlightedText, tokens.on_accent),
        (role.Accent, tokens.accent),
        (role.Link, tokens.accent),
        (role.ToolTipBase, tokens.surface),
        (role.ToolTipText, tokens.text),
        (role.Mid, tokens.border),
        (role.Dark, tokens.border_strong),
    ):
        result.setColor(name, QColor(colour))
    for name in (role.WindowText, role.Text, role.ButtonText):
        result.setColor(QPalette.ColorGroup.Disabled, name, QColor(tokens.text_soft))
    return result


def style_sheet(tokens: Tokens, font: QFont) -> str:
    """The application's style sheet. Sizes of type are shares of the system's own."""
    base = font.pointSizeF()
    sizes = {
        "radio": f"{max(16, QFontMetrics(font).height() - 2)}",
        "size_small": f"{base * 0.9:.1f}pt",
        "size_base": f"{base:.1f}pt",
        "size_large": f"{base * 1.15:.1f}pt",
        "size_title": f"{base * 1.6:.1f}pt",
        "size_figure": f"{base * 1.5:.1f}pt",
        "icon": f"{max(16, QFontMetrics(font).height())}px",
        "arrow": f"{max(14, round(QFontMetrics(font).height() * 0.75))}px",
        "small_arrow": f"{max(9, round(QFontMetrics(font).height() * 0.5))}px",
        # A style sheet opens pictures itself: these have a colour that both themes can bear.
        "menu_check": resources.path("icons", "menu_check.svg").as_posix(),
        "clear_text": resources.path("icons", "clear_text.svg").as_posix(),
        "chevron": resources.path("icons", "chevron.svg").as_posix(),
        "chevron_up": resources.path("icons", "chevron_up.svg").as_posix(),
        "mono": ", ".join(f'"{family}"' for family in mono_families()),
    }
    values = {key: str(value) for key, value in asdict(tokens).items()} | sizes
    return Template(resources.text("qss", "app.qss")).substitute(values)
