"""What runs here, in versions, and where to read on."""

import platform

import PySide6
from PySide6.QtCore import Qt, qVersion
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton

from desktop import wording
from desktop.panels.panel import PanelContext
from desktop.sentences import listed
from desktop.state import AppState
from desktop.widgets.card import Card
from desktop.widgets.elided_label import ElidedLabel
from desktop.widgets.reader_names import captioned, show_value
from desktop.widgets.styling import label
from gateway_engine.public import __version__


class ProductCard(Card):
    """Versions of everything that takes part."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__("Lingma Gateway")
        self._facts = QGridLayout()
        self._facts.setHorizontalSpacing(16)
        self._facts.setVerticalSpacing(6)
        self._facts.setColumnStretch(1, 1)
        show_value(self._add(self.tr("Version")), __version__)
        show_value(self._add("Python"), platform.python_version())
        show_value(self._add("Qt"), _versions(qVersion(), PySide6.__version__))
        show_value(self._add(self.tr("System")), f"{platform.system()} {platform.machine()}")
        self._upstreams = self._add(self.tr("Answered by"))
        self.body.addLayout(self._facts)
        line = label(
            self.tr(
                "Free software under the MIT licence. Not made by Alibaba; Lingma belongs to its "
                "owner."
            ),
            "soft",
            wraps=True,
        )
        self.body.addWidget(line)
        steps = QPushButton(self.tr("Show the first steps"))
        steps.clicked.connect(lambda _checked=False: context.actions.desktop.show_first_run())
        self.body.addStretch(1)
        self.body.addWidget(steps, 0, Qt.AlignmentFlag.AlignLeft)

    def _add(self, title: str) -> QLabel:
        row = self._facts.rowCount()
        value = captioned(ElidedLabel(), title)
        value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._facts.addWidget(label(title, "small"), row, 0, Qt.AlignmentFlag.AlignTop)
        self._facts.addWidget(value, row, 1)
        return value

    def render_state(self, state: AppState) -> None:
        """Show which upstreams run, each kind and version once."""
        shown: dict[str, int] = {}
        for status in state.instances:
            name = f"{wording.instance_kind(status.kind)} {status.upstream_version}".strip()
            shown[name] = shown.get(name, 0) + 1
        texts = [f"{name} × {n}" if n > 1 else name for name, n in shown.items()]
        show_value(self._upstreams, listed(texts) or "–")


def _versions(qt: str, binding: str) -> str:
    """One version where they are the same, as they mostly are."""
    return qt if qt == binding else f"{qt} (PySide6 {binding})"
