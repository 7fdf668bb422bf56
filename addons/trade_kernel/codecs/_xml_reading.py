"""From an XML element to the plain values of a canonical document, by its table.

What the table does not name is kept: ``extensions["elements"]`` of the nearest part that has extensions holds
its text under its XPath from there on. ``extensions["left_out"]`` counts what would be too much to keep.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from lxml import etree

from ..limits import MAX_NOTE
from ._draft import Draft
from ._xml import AT, name_of
from ._xml_table import Node, NotUnderstood, Path

#: texts kept for one part
MOST_KEPT = 1_000
_INSTANCE = "{http://www.w3.org/2001/XMLSchema-instance}"
_REASON = re.compile(r"Reason code: (\S.*)")
_NUMBER = re.compile(r"[+-]?\d{1,30}(\.\d{1,30})?", re.ASCII)
Trail = tuple["Trail | None", etree._Element, int]


class Reading:
    """One document while it is read.

    Kinds look here for what they need besides their own element; a codec adds to it.

    :param noise: names of attributes that say nothing a document would miss, wherever they stand;
        ``marks``: where the text is one that had to stand there.
    :param places: whether the draft shall know where each value came from. That takes half of the time and
        most of the memory, so it is done only for a document that turned out to have errors.
    """

    def __init__(
        self,
        draft: Draft,
        noise: frozenset[str] = frozenset(),
        marks: frozenset[str] = frozenset(),
        *,
        places: bool = True,
    ):
        self.draft = draft
        self._places = places
        self.noise, self.marks = noise, marks
        self._kept: dict[Path, int] = {}
        self._left_out: dict[Path, int] = {}

    def document(self, element: etree._Element, node: Node) -> None:
        """Read everything; the draft then holds it."""
        self._inside(element, node, (), (), None)
        if node.table and node.table.after:
            node.table.after(self.draft.values, self)
        for owner, count in self._left_out.items():
            if self.draft.get(owner) is not None:
                self.draft.put((*owner, "extensions", "left_out"), count)

    def _inside(
        self, element: etree._Element, node: Node, base: Path, owner: Path, trail: Trail | None
    ) -> None:
        """What is in an element that is no value itself."""
        self._attributes(element, node, base, owner, trail)
        stray = self._children(element, node, base, owner, trail)
        if node.own:
            self._value(_text_of(element), element, node.own, base + node.own.target, owner, trail)
        elif stray or ((text := element.text) and not text.isspace()):
            self._keep(owner, f"{self._way(trail)}text()", _text_of(element))

    def _children(
        self, element: etree._Element, node: Node, base: Path, owner: Path, trail: Trail | None
    ) -> bool:
        """What is in an element; whether there is text between it."""
        stray = False
        counts: dict[str, int] = {}
        later: list[tuple[etree._Element, Node, Trail]] = []
        for child in element:
            tag = child.tag
            number = counts[tag] = counts.get(tag, 0) + 1
            at = (trail, child, number)
            inner = node.children.get(tag)
            if (tail := child.tail) and not tail.isspace():
                stray = True
            if inner is None or not (inner.many or inner.silent or _is_meant(child, inner, number)):
                self.keep(child, owner, at)
            elif inner.silent:
                pass
            elif inner.copy or inner.fallback:
                later.append((child, inner, at))
            else:
                self._one(child, inner, base, owner, at)
        for child, inner, at in later:
            self._second(child, inner, base, owner, at)
        return stray

    def _one(self, element: etree._Element, node: Node, base: Path, owner: Path, trail: Trail) -> None:
        path = node.target if node.absolute else base + node.target
        if node.kind:
            if node.many or node.absolute:
                path = (*path, len(self.draft.get(path, ())))
            self._value(_text_of(element), element, node, path, owner, trail)
            self._attributes(element, node, base, owner, trail)
            self._children(element, node, base, owner, trail)
        elif node.same:
            text = (element.text or "").strip()
            if text and text not in node.same:
                self._keep(owner, self._way(trail)[:-1], text)
            self._attributes(element, node, base, owner, trail)
        elif node.many:
            item = (*path, len(self.draft.get(path, ())))
            self.draft.put(item, {}, (AT, element) if self._places else None)
            self._part(element, node, item, item, owner, trail)
            if self.draft.get(item) == {} and node.table is None:
                self.draft.get(path).pop()
        else:
            self._part(element, node, path, base, owner, trail)

    def _part(
        self, element: etree._Element, node: Node, part: Path, base: Path, owner: Path, trail: Trail
    ) -> None:
        """
        :param part: where the values of the element's table are.
        :param base: what the targets of the elements within are relative to.
        """
        table = node.table
        if table is None or node.inline:
            self._inside(element, node, base, owner, trail)
            if node.also and isinstance(values := self.draft.get(part), dict):
                values.update({key: value for key, value in node.also.items() if key not in values})
            return
        if table.extends:
            self._inside(element, node, base, part, None)
        else:
            self._inside(element, node, base, owner, trail)
        values = self.draft.get(part)
        if values is None:
            return
        if table.after:
            table.after(values, self)
        if table.says and not table.says(values):
            around = self.draft.get(part[:-1])
            around.pop(part[-1])
            self.keep(element, owner, trail)
        elif node.also:
            values.update({key: value for key, value in node.also.items() if key not in values})

    def _second(self, element: etree._Element, node: Node, base: Path, owner: Path, trail: Trail) -> None:
        """An element that counts only when nothing else said the same."""
        path = base + node.target
        known = self.draft.get(path)
        if known is None or (node.table and known == {}):
            self._one(element, node, base, owner, trail)
        elif node.kind is None or known != self._read(_text_of(element), element, node):
            self.keep(element, owner, trail)

    def _read(self, text: str | None, element: etree._Element, node: Node) -> Any:
        text = (text or "").strip()
        if not text or text == node.kind.default:
            return None
        try:
            return node.kind.read(text, element, self)
        except NotUnderstood:
            return NotUnderstood

    def _value(
        self,
        text: str | None,
        element: etree._Element,
        node: Node,
        path: Path,
        owner: Path,
        trail: Trail | None,
        attribute: str = "",
    ) -> None:
        value = self._read(text, element, node)
        if value is NotUnderstood:
            self._keep(
                owner,
                self._way(trail) + f"@{attribute}" if attribute else self._way(trail)[:-1],
                text.strip(),
            )
        elif value is not None:
            self.draft.put(path, value, (AT, element, attribute) if self._places else None)

    def _attributes(
        self, element: etree._Element, node: Node, base: Path, owner: Path, trail: Trail | None
    ) -> None:
        given = element.items()
        if not given:
            return
        for name, text in given:
            inner = node.attributes.get(name)
            if inner is not None and inner.kind:
                self._value(text, element, inner, base + inner.target, owner, trail, name)
            elif inner is not None and text.strip() in inner.same:
                continue
            elif not (
                self.is_noise(element, name)
                or (node.same and name in self.marks)
                or (node.kind and node.kind.knows(name, text))
            ):
                self._keep(owner, f"{self._way(trail)}@{name}", text)

    # --- what has no field ------------------------------------------------------------------------
    def keep(self, element: etree._Element, owner: Path, trail: Trail | None) -> None:
        """Keep an element with all that is in it."""
        for way, text in self._texts(element, self._way(trail)[:-1]):
            self._keep(owner, way, text)

    def is_noise(self, element: etree._Element, attribute: str) -> bool:
        """Whether an attribute says nothing that a document would miss."""
        return attribute in self.noise or attribute.startswith(_INSTANCE)

    def step(self, element: etree._Element, number: int) -> str:
        """An element's step in the XPath of what is kept."""
        return name_of(element) if number == 1 else f"{name_of(element)}[{number}]"

    def _way(self, trail: Trail | None) -> str:
        """The XPath that a trail leaves, with a slash at its end."""
        steps = []
        while trail is not None:
            trail, element, number = trail
            steps.append(self.step(element, number))
        return "".join(f"{step}/" for step in reversed(steps))

    def _texts(self, element: etree._Element, way: str) -> Iterator[tuple[str, str]]:
        for name, text in element.attrib.items():
            if not self.is_noise(element, name):
                yield f"{way}/@{name}", text
        if text := _text_of(element):
            yield way, text
        counts: dict[str, int] = {}
        for child in element:
            number = counts[child.tag] = counts.get(child.tag, 0) + 1
            yield from self._texts(child, f"{way}/{self.step(child, number)}")

    def _keep(self, owner: Path, way: str, text: str) -> None:
        text = text.strip()
        if not text:
            return
        kept = self._kept.get(owner, 0)
        if kept >= MOST_KEPT or len(text) > MAX_NOTE or len(way) > MAX_NOTE:
            self._left_out[owner] = self._left_out.get(owner, 0) + 1
            return
        self._kept[owner] = kept + 1
        self.draft.put((*owner, "extensions", "elements", way), text)


def _is_meant(element: etree._Element, node: Node, number: int) -> bool:
    """Whether of several elements this is the one the table speaks about."""
    if node.prefer is None:
        return number == 1
    before = element.itersiblings(element.tag, preceding=True)
    if node.prefer(element):
        return not any(map(node.prefer, before))
    return number == 1 and not any(map(node.prefer, element.itersiblings(element.tag)))


def _text_of(element: etree._Element) -> str:
    """An element's own text, around the elements in it."""
    if not len(element):
        return element.text or ""
    pieces = (element.text or "", *(child.tail or "" for child in element))
    return " ".join(filter(None, (piece.strip() for piece in pieces)))


# --- for the shaping of what was read -------------------------------------------------------------
def kept(part: dict[str, Any]) -> dict[str, str]:
    """The texts that are kept of a part, by XPath."""
    return part.setdefault("extensions", {}).setdefault("elements", {})


def take_reason(notes: list[str]) -> str | None:
    """The reason that stands in a note, for want of an element; taken out of the notes.

    Of several nobody knows which it is.
    """
    found = [note for note in notes if _REASON.fullmatch(note)]
    if len(found) != 1:
        return None
    notes.remove(found[0])
    return _REASON.fullmatch(found[0])[1]


def reason_note(code: str) -> str:
    """The note that :func:`take_reason` finds."""
    return f"Reason code: {code}"


def number(text: str) -> Decimal:
    """A number to calculate with.

    :raise ValueError: when it is none, or one that only makes arithmetic slow.
    """
    if not _NUMBER.fullmatch(text):
        raise ValueError(text)
    return Decimal(text)


def number_lines(lines: list[dict[str, Any]]) -> None:
    """Give lines without a number the one of their place."""
    known = {line.get("id") for line in lines}
    for index, line in enumerate(lines, 1):
        if not line.get("id"):
            own = str(index)
            while own in known:
                own += "+"
            line["id"] = own
            known.add(own)
