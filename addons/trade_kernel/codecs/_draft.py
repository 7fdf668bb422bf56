"""Where a codec gathers what it reads: the plain values of one document, and the place each came from."""

from collections.abc import Sequence
from typing import Any

from ..canonical import Document, collect
from ..errors import TradeError, ValidationFailed
from ..limits import DEFAULT, Limits

Path = tuple[str | int, ...]
#: the pointer's text; or something with a method ``place`` and its arguments, asked only after an error
Place = str | tuple[Any, ...] | None


class Draft:
    """The values of a canonical document while it is read.

    Paths are as in the document: ``("order_lines", 0, "quantity", "value")``. Places are what an error's
    pointer says: ``draft.put(path, value, (segment, 3))`` becomes ``segment 12 LIN, element 3`` when needed.

    :param place: of the document as a whole, for what is missing in it.
    """

    def __init__(self, document_type: str, place: Place = None):
        self.document_type = document_type
        self.values: dict[str, Any] = {"document_type": document_type}
        self._places: list[tuple[Path, Place]] = [((), place)]
        self._errors: list[tuple[int, TradeError]] = []

    def put(self, path: Path, value: Any, place: Place = None) -> None:
        """Set one value; ``None``, "" and blanks are no value. A later one takes an earlier one's place.

        A list is made longer by one by the index behind its last entry.
        """
        if value is None:
            return
        if isinstance(value, str):
            value = value.strip()
            if not value:
                return
        target: Any = self.values
        last = path[-1]
        for index, step in enumerate(path[:-1], 1):
            if step.__class__ is int:
                if step == len(target):
                    target.append([] if path[index].__class__ is int else {})
                target = target[step]
            else:
                inner = target.get(step)
                if inner is None:
                    inner = target[step] = [] if path[index].__class__ is int else {}
                target = inner
        if isinstance(last, int) and last == len(target):
            target.append(value)
        else:
            target[last] = value
        if place is not None:
            self._places.append((path, place))

    def came_from(self, path: Path, place: Place) -> None:
        """Remember where a value came from that was put into :attr:`values` directly."""
        self._places.append((path, place))

    def get(self, path: Path, default: Any = None) -> Any:
        """What was put there."""
        target: Any = self.values
        try:
            for step in path:
                target = target[step]
        except (KeyError, IndexError, TypeError):
            return default
        return target

    def append(self, path: Path, value: Any, place: Place = None) -> int:
        """Put ``value`` behind the others of the list at ``path``; its index. No value: -1."""
        if value is None or (isinstance(value, str) and not value.strip()):
            return -1
        index = len(self.get(path, ()))
        self.put((*path, index), value, place)
        return index

    def line(self, field: str, place: Place = None) -> int:
        """Begin a line in ``field``; its index. Its values go to ``(field, index, …)``."""
        lines = self.values.get(field)
        if lines is None:
            lines = self.values[field] = []
        lines.append({})
        if place is not None:
            self._places.append(((field, len(lines) - 1), place))
        return len(lines) - 1

    def fail(self, error: TradeError) -> None:
        """Keep an error the codec found itself; its pointer is complete."""
        self._errors.append((len(self._places), error))

    @property
    def failed(self) -> bool:
        """Whether the codec found an error so far."""
        return bool(self._errors)

    def finish(self, limits: Limits = DEFAULT) -> tuple[Document | None, tuple[TradeError, ...]]:
        """The document, or every error: in the order of the file, each at its place in it."""
        document, found = collect(self.values, limits)
        if not found and not self._errors:
            return document, ()
        errors = list(self._errors)
        finder = _Places(self._places) if found else None
        for error in found:
            order = len(self._places)
            if error.pointer:  # without one it is about the list of errors
                order, place = finder.nearest(error.pointer)
                error.pointer = f"{place} ({error.pointer})" if place else error.pointer
            errors.append((order, error))
        errors.sort(key=lambda pair: pair[0])
        most = limits.max_errors
        listed = [error for _order, error in errors if error.code != "errors.more"]
        if len(listed) > most or len(listed) < len(errors):
            listed = [*listed[:most], ValidationFailed("errors.more", limit=most)]
        return None, tuple(listed)


class _Places:
    """Finds the remembered place that is nearest to a JSON pointer."""

    def __init__(self, places: Sequence[tuple[Path, Place]]):
        self._known: dict[str, tuple[int, Place]] = {}
        for order, (path, place) in enumerate(places):
            steps = ""
            if path:
                for step in path:
                    steps += f"/{step}"
                    # What has no place of its own is where the first thing in it is.
                    self._known.setdefault(steps, (order, place))
            self._known[steps] = (order, place)

    def nearest(self, pointer: str) -> tuple[int, str]:
        """Its order in the file and its text."""
        pointer = pointer.rstrip("/")
        while pointer not in self._known and pointer:
            pointer = pointer.rpartition("/")[0]
        order, place = self._known[pointer]
        return order, text_of(place)


def text_of(place: Place) -> str:
    """The pointer's text of a place."""
    if isinstance(place, tuple):
        return place[0].place(*place[1:])
    return place or ""
