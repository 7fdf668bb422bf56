"""One table per XML document: which element is which field. Reading and writing both follow it.

A table lists entries in the order of the schema::

    PARTY = Table(
        field("cac:PartyIdentification*/cbc:ID", "party_identification", IDENTIFIER),
        field("cac:PartyName/cbc:Name", "party_name"),
        group("cac:PostalAddress", "postal_address", ADDRESS),
    )

A path names elements by prefix, from the element the table is for; ``@name`` at its end is an attribute. A
star marks the step that repeats: the field is then a list. A field's name may have several steps
(``shipment.id``); ``^`` leads out of the part a group makes; behind a leading ``/`` it is a list of the
document itself, to which whatever is read is added.
"""

from collections.abc import Callable, Mapping
from typing import Any

from lxml import etree

Path = tuple[str | int, ...]
Values = dict[str, Any]


class NotUnderstood(Exception):
    """Raised by :meth:`Kind.read`: the element is kept as it stands instead."""


class Kind:
    """How one value stands in an element or attribute, both ways. This one: text as it is."""

    #: read like nothing, and written where the schema wants something
    default: str | None = None

    def read(self, text: str, element: etree._Element, reading: Any) -> Any:
        """The plain value; ``text`` is not blank.

        :raise NotUnderstood: when it says something that has no place here.
        """
        return text

    def knows(self, name: str, text: str) -> bool:
        """Whether this attribute of the element is part of the value, or says nothing beyond it."""
        return False

    def write(self, value: Any, writing: Any) -> tuple[str, Mapping[str, str]]:
        """Text and attributes.

        :raise NotUnderstood: when it cannot be said this way; nothing is written then.
        """
        return str(value), {}


TEXT = Kind()


class Entry:
    """One line of a table. Made by :func:`field`, :func:`group` and the others below."""

    def __init__(self, path: str, target: str, kind: Kind | None, table: "Table | None", **flags: Any):
        self.steps = path.split("/")
        self.target = target
        self.kind = kind
        self.table = table
        self.flags = flags


def field(path: str, target: str, kind: Kind = TEXT, **flags: Any) -> Entry:
    """A value; the path "." is the element itself, where it has other values besides.

    :param flags: ``copy``: written too, but another entry's value counts when both are there; ``fallback``:
        never written, read when the field has nothing yet; ``read_only``: never written.
    """
    return Entry(path, target, kind, None, **flags)


def group(path: str, target: str, table: "Table", **flags: Any) -> Entry:
    """A part with a table of its own; without ``target`` its fields are those of the part around it.

    :param flags: as for :func:`field`; ``must``: written even when it is empty; ``also``: a mapping of what
        the part says besides when it is read from here.
    """
    return Entry(path, target, None, table, **flags)


def must(path: str) -> Entry:
    """An element the schema wants there whether or not there is anything to say."""
    return Entry(path, "", None, None, must=True)


def constant(path: str, text: str, also: tuple[str, ...] = ()) -> Entry:
    """What has to stand there when anything else does; kept when something else is read.

    :param also: read as if it were ``text``.
    """
    return Entry(path, "", None, None, constant=text, same=(text, *also))


def ignored(path: str, *texts: str) -> Entry:
    """What says nothing when it is one of ``texts``; kept when it is something else; never written."""
    return Entry(path, "", None, None, same=texts)


def secret(path: str) -> Entry:
    """What is neither read nor kept."""
    return Entry(path, "", None, None, silent=True)


def meant(path: str, prefer: Callable[[etree._Element], bool]) -> Entry:
    """Of several elements this is the one that is read; the others are kept."""
    return Entry(path, "", None, None, prefer=prefer)


class Table:
    """The entries of one kind of element.

    :param extends: the part has ``extensions``.
    :param says: whether these values make a part; otherwise what is there is kept as text.
    :param after: called with the values read, to shape them.
    :param before: called with a copy of the values to be written, to shape them.
    """

    def __init__(
        self,
        *entries: Entry,
        extends: bool = False,
        says: Callable[[Values], Any] | None = None,
        after: Callable[[Values, Any], None] | None = None,
        before: Callable[[Values], None] | None = None,
    ):
        self.entries = entries
        self.extends, self.says, self.after, self.before = extends, says, after, before


class Node:
    """An element (or attribute) as the tables of a document see it.

    ``target`` is relative to the values of the nearest list item around it, or of the document.
    """

    def __init__(self, name: str):
        self.name = name
        self.children: dict[str, Node] = {}
        self.attributes: dict[str, Node] = {}
        self.kind: Kind | None = None
        self.table: Table | None = None
        self.target: Path = ()
        self.many = self.absolute = self.inline = self.copy = self.fallback = self.read_only = False
        self.must = self.silent = False
        #: the text of the element itself, where it has other values besides
        self.own: Node | None = None
        self.constant: str | None = None
        self.same: tuple[str, ...] = ()
        self.prefer: Callable[[etree._Element], bool] | None = None
        self.also: Mapping[str, Any] = {}
        #: the first steps of all that is written from this element's values; without any of them it is empty
        self.keys: frozenset[str | int] = frozenset()

    @property
    def is_only_read(self) -> bool:
        """Whether it is never written."""
        return self.fallback or self.read_only or self.absolute


def compiled(name: str, table: Table, namespaces: Mapping[str, str]) -> Node:
    """The tree of elements below the one called ``name``; the prefix "" is the document's own namespace."""
    root = Node(_clark(name, namespaces))
    root.table = table
    _insert(root, table, (), namespaces)
    _find_keys(root)
    return root


def _find_keys(node: Node) -> None:
    inner = [*node.children.values(), *node.attributes.values(), *([node.own] if node.own else [])]
    for child in inner:
        _find_keys(child)
    found = {key for child in inner for key in (child.target[:1] if child.many else child.keys)}
    node.keys = frozenset(found | set(node.target[:1]))


def _clark(name: str, namespaces: Mapping[str, str]) -> str:
    prefix, _colon, local = name.rpartition(":")
    namespace = namespaces.get(prefix)
    return f"{{{namespace}}}{local}" if namespace else local


def _insert(top: Node, table: Table, prefix: Path, namespaces: Mapping[str, str]) -> None:
    for entry in table.entries:
        absolute = entry.target.startswith("/")
        here: Path = () if absolute else prefix
        for step in entry.target.lstrip("/").split(".") if entry.target else ():
            here = here[:-1] if step == "^" else (*here, step)
        node = top
        if entry.steps == ["."]:
            node = top.own = Node(".")
        for step in entry.steps if node is top else ():
            name = step.strip("*@")
            if step.startswith("@"):
                # Attributes without a prefix are in no namespace, whatever their element's is.
                name = _clark(name, namespaces) if ":" in name else name
                node = node.attributes.setdefault(name, Node(name))
            else:
                name = _clark(name, namespaces)
                node = node.children.setdefault(name, Node(name))
            if step.endswith("*"):
                node.many, node.target, here = True, here, ()
        if entry.kind or entry.table:
            node.kind, node.table, node.absolute = entry.kind, entry.table, absolute
            node.inline = not entry.target
            if not node.many:
                node.target = here
        for flag, value in entry.flags.items():
            setattr(node, flag, value)
        if entry.table:
            _insert(node, entry.table, here, namespaces)


def value_at(values: Any, target: Path) -> Any:
    """What stands there; ``None`` when nothing does."""
    for step in target:
        if values is None:
            return None
        values = values.get(step)
    return values
