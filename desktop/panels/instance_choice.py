"""A list of instances to choose from: shown as a person calls them, known by the gateway's name."""

from collections.abc import Iterable
from typing import Final

from PySide6.QtWidgets import QComboBox

from desktop.wording import instance_name
from gateway_engine.public import InstanceName, InstanceStatus

MOST_CHARS: Final = 24
"""So much of a name is in sight while the list is closed."""


def offer_instances(combo: QComboBox, instances: Iterable[InstanceStatus]) -> None:
    """Offer these; the one that was chosen stays chosen while it is there."""
    wanted = [(instance_name(status), str(status.name)) for status in instances]
    if wanted == [(combo.itemText(n), combo.itemData(n)) for n in range(combo.count())]:
        return
    longest = max((len(text) for text, _name in wanted), default=0)
    combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    combo.setMinimumContentsLength(min(longest, MOST_CHARS))
    before = chosen_instance(combo)
    combo.clear()
    for text, name in wanted:
        combo.addItem(text, name)
    combo.setCurrentIndex(max(0, combo.findData(str(before))))


def chosen_instance(combo: QComboBox) -> InstanceName:
    """The instance that is chosen, "" where there is none."""
    return InstanceName(combo.currentData() or "")
