"""Orders that a stock report names with an item: which of the item's quantities are for them."""

from collections.abc import Callable, Iterable

from .._draft import Path
from .reading import Kept, Reading
from .syntax import Segment

Group = list[Segment]

#: quantities that are somebody's; what is free stays free, whatever is named with the item
WAITING = frozenset({"back_order", "reserved", "on_order", "in_transit"})


class ItemOrders:
    """The references of one item.

    Those of its lines that wait for goods, and name no order themselves, are for them. What no line is for is
    kept with the first one.
    """

    def __init__(self) -> None:
        self.groups: list[Group] = []
        self._first: tuple[Path, Kept] | None = None
        self._taken: set[int] = set()

    def complete(
        self,
        reading: Reading,
        read: Callable[[Reading, Iterable[Group]], Iterable[tuple[Group, Group]]],
        settle: Callable[[Group, Group], None],
    ) -> None:
        """A line of the item is complete.

        :param read: reads groups into the line; gives each with what is left of it.
        :param settle: keeps that.
        """
        if self._first is None:
            self._first = reading.path, reading.kept
        waits = reading.get("quantity_type_code") in WAITING
        if not self.groups or not waits or reading.has("order_line_reference"):
            return
        for group, left in read(reading, self.groups):
            if not left or left[0] is not group[0]:
                self._taken.add(id(group))
                settle(group, left)

    def keep(self, reading: Reading) -> None:
        """The item is complete."""
        left = [group for group in self.groups if id(group) not in self._taken]
        if not left or self._first is None:
            return
        path, kept = self._first
        for group in left:
            kept.keep(group)
        reading.save(path, kept)
