"""From the plain values of a canonical document to an XML element, by its table."""

from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree

from ..errors import ValidationFailed
from ._xml import UNWRITABLE
from ._xml_table import Node, NotUnderstood, Path, Values, value_at


class Writing:
    """One document while it is written.

    :param nsmap: the prefixes of the document's root.
    """

    def __init__(self, nsmap: Mapping[str | None, str] | None = None):
        self._nsmap = dict(nsmap or {})

    def document(self, node: Node, values: Values) -> etree._Element:
        """The root of the tree; ``values`` are changed on the way.

        :raise ValidationFailed: ``codec.cannot_carry`` for a text that XML has no characters for.
        """
        root = etree.Element(node.name, nsmap=self._nsmap)
        if node.table and node.table.before:
            node.table.before(values)
        self._fill(root, node, values, (), always=True)
        return root

    def _elements(self, node: Node, values: Values) -> Iterator[etree._Element]:
        """The elements of one name within another."""
        if node.is_only_read or (node.keys and node.keys.isdisjoint(values)):
            return
        before = node.table.before if node.table and not node.inline else None
        if node.many:
            for item in value_at(values, node.target) or ():
                if before:
                    before(item)
                element = etree.Element(node.name)
                self._fill(element, node, item, (), always=True)
                yield element
            return
        if before and (part := value_at(values, node.target)) is not None:
            before(part)
        element = etree.Element(node.name)
        if self._fill(element, node, values, node.target):
            yield element

    def _fill(
        self, element: etree._Element, node: Node, values: Any, target: Path, *, always: bool = False
    ) -> bool:
        """Put in what there is; whether there was anything (then also what the schema wants besides)."""
        filled = False
        if node.kind and (value := value_at(values, target)) is not None:
            filled = self._write(element, node, value)
        if node.own and (value := value_at(values, node.own.target)) is not None:
            filled = self._write(element, node.own, value) or filled
        for name, inner in node.attributes.items():
            if inner.is_only_read or not inner.kind:
                continue
            if (value := value_at(values, inner.target)) is not None:
                filled = self._write(element, inner, value, name) or filled
        waiting: list[tuple[Node, list[etree._Element]]] = []
        for inner in node.children.values():
            made = list(self._elements(inner, values))
            filled = filled or bool(made)
            waiting.append((inner, made))
        if not (filled or always):
            return False
        for name, inner in node.attributes.items():
            default = inner.constant if inner.constant is not None else inner.kind and inner.kind.default
            if default is not None and name not in element.attrib:
                element.set(name, default)
        for inner, made in waiting:
            element.extend(made or self._wanted(inner))
        return True

    @staticmethod
    def _wanted(node: Node) -> list[etree._Element]:
        """What the schema wants although there is nothing to say."""
        text = node.constant if node.constant is not None else node.kind.default if node.kind else None
        if text is None and not node.must:
            return []
        element = etree.Element(node.name)
        element.text = text
        for name, inner in node.attributes.items():
            if inner.constant is not None:
                element.set(name, inner.constant)
        for inner in node.children.values():
            element.extend(Writing._wanted(inner))
        return [element]

    def _write(self, element: etree._Element, node: Node, value: Any, attribute: str = "") -> bool:
        try:
            text, attributes = node.kind.write(value, self)
        except NotUnderstood:
            return False
        for part in (text, *attributes.values()):
            if found := UNWRITABLE.search(part):
                reason = f"XML has no character U+{ord(found[0]):04X}"
                raise ValidationFailed("codec.cannot_carry", what=repr(part[:40]), reason=reason)
        if attribute:
            element.set(attribute, text)
        else:
            element.text = text
            for name, part in attributes.items():
                element.set(name, part)
        return True
