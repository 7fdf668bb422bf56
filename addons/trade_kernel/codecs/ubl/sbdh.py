"""The envelope of UN/CEFACT: StandardBusinessDocument, as Peppol's access points use it."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

from lxml import etree

from ...canonical import Document
from .. import _xml

NAMESPACE = "http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader"
_IN = f"{{{NAMESPACE}}}"


def read(root: etree._Element) -> dict[str, Any]:
    """What the header says, in the words of every envelope; ``{}`` without one."""
    header = root.find(f"{_IN}StandardBusinessDocumentHeader") if root.tag.startswith(_IN) else None
    if header is None:
        return {}
    found: dict[str, Any] = {"syntax": "sbdh"}
    for name in ("sender", "receiver"):
        identifier = header.find(f"{_IN}{name.capitalize()}/{_IN}Identifier")
        if identifier is not None and (text := (identifier.text or "").strip()):
            found[name] = {"id": text, "qualifier": identifier.get("Authority", "")}
    for name, path in (
        ("interchange_reference", "InstanceIdentifier"),
        ("prepared_at", "CreationDateAndTime"),
        ("message_type", "Type"),
        ("version", "TypeVersion"),
    ):
        if text := (header.findtext(f"{_IN}DocumentIdentification/{_IN}{path}") or "").strip():
            found[name] = text
    scopes = {}
    for scope in header.iterfind(f"{_IN}BusinessScope/{_IN}Scope"):
        kind = (scope.findtext(f"{_IN}Type") or "").strip()
        if kind:
            scopes[kind] = (scope.findtext(f"{_IN}InstanceIdentifier") or "").strip()
    return {**found, "scopes": scopes} if scopes else found


def alone(root: etree._Element, element: etree._Element) -> bytes:
    """One of several documents as a file of its own, with the header they share."""
    header = root.find(f"{_IN}StandardBusinessDocumentHeader")
    if header is None or element.getparent() is not root:
        return _xml.alone(element)
    copy = etree.Element(root.tag, nsmap=root.nsmap)
    copy.append(deepcopy(header))
    copy.append(deepcopy(element))
    return _xml.alone(copy)


def wrapped(
    roots: Sequence[etree._Element], documents: Sequence[Document], options: Mapping[str, Any]
) -> etree._Element:
    """The documents in one envelope."""
    envelope = etree.Element(f"{_IN}StandardBusinessDocument", nsmap={None: NAMESPACE})
    header = etree.SubElement(envelope, f"{_IN}StandardBusinessDocumentHeader")
    _add(header, "HeaderVersion", "1.0")
    for name in ("sender", "receiver"):
        party = options.get(name) or {}
        identifier = _add(_add(header, name.capitalize()), "Identifier", str(party.get("id") or "NA"))
        if party.get("qualifier"):
            identifier.set("Authority", str(party["qualifier"]))
    about = _add(header, "DocumentIdentification")
    first = roots[0] if roots else None
    prepared = options.get("prepared_at") or (documents[0].issued_at.isoformat() if documents else "")
    for name, text in (
        ("Standard", etree.QName(first).namespace if first is not None else ""),
        ("TypeVersion", "2.1"),
        (
            "InstanceIdentifier",
            str(options.get("interchange_reference") or (documents[0].id if documents else "")),
        ),
        ("Type", etree.QName(first).localname if first is not None else ""),
        ("CreationDateAndTime", str(prepared)),
    ):
        _add(about, name, text)
    envelope.extend(roots)
    return envelope


def _add(parent: etree._Element, name: str, text: str | None = None) -> etree._Element:
    element = etree.SubElement(parent, f"{_IN}{name}")
    element.text = text
    return element
