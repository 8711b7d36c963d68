"""Which instance answered a user or a conversation last. Pure; the oldest are forgotten first."""

from collections import OrderedDict
from typing import Final

from gateway_engine.conversation import InstanceName

MAX_REMEMBERED: Final = 4096


class Affinity:
    """A bounded memory of affinity keys (gateway_engine.sessions.key.affinity_key)."""

    def __init__(self, max_remembered: int = MAX_REMEMBERED) -> None:
        self._max = max_remembered
        self._instances: OrderedDict[str, InstanceName] = OrderedDict()

    def last(self, key: str) -> InstanceName | None:
        """The instance that answered last."""
        return self._instances.get(key)

    def remember(self, key: str, instance: InstanceName) -> None:
        """This instance answers now."""
        self._instances[key] = instance
        self._instances.move_to_end(key)
        while len(self._instances) > self._max:
            self._instances.popitem(last=False)
