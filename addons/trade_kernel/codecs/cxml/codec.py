"""The codec: cXML messages, whose secrets go nowhere."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from lxml import etree

from ...canonical import SCHEMA_VERSION, Document
from ...errors import TradeError, ValidationFailed
from ...redaction import MASK, is_sensitive
from .. import _rest, _xml
from .._draft import Draft
from .._edi.values import zone
from .._xml_reading import Reading
from .._xml_writing import Writing
from ..base import Codec, Decoded, limits_of, option
from .documents import KNOWN, NAMES, WRITTEN, definition, node_of
from .kinds import NAMES_OF, NOISE

_SNIFFED = re.compile(rb"<cXML[\s>]|<!DOCTYPE\s+cXML\b")
#: what cXML has no place for, as an extrinsic of ours (see :mod:`.._rest`)
REST = "urn:tradelane:cxml:rest:1"
#: card numbers are nobody's business either
_SECRET = ("PCard/@number", "PCard/@expiration", "/Identity/text()")
VERSION = "1.2.060"


class Cxml(Codec):
    """cXML 1.2 is read and written; its DTD is never fetched.

    A shared secret is neither read nor written: who sends a message puts it in with :func:`with_secret`.

    Options for reading: ``encoding``, ``timezone`` (of times without an offset), ``units`` (the partner's
    unit codes → Recommendation 20), ``limits``.

    Options for writing: ``sender`` and ``receiver`` (``id``, ``qualifier``: the credentials From and To;
    without them the parties' identifiers), ``agent`` (the same for Sender), ``user_agent``,
    ``interchange_reference`` (the payload id), ``prepared_at``, ``test``, ``version`` (of the DTD named),
    ``rest`` (``extension``: what cXML has no place for is carried in an Extrinsic, the default; ``refuse``;
    ``drop``), ``indent``.
    """

    name = "cxml"
    label = "cXML 1.2"
    media_types = ("text/xml", "application/xml", "application/cxml+xml")
    extensions = (".xml", ".cxml")

    def sniff(self, head: bytes) -> int:
        return 90 if _SNIFFED.search(head.replace(b"\0", b"")) else 0

    def decode(self, data: bytes, options: Mapping[str, Any] | None = None) -> Iterator[Decoded]:
        options = options or {}
        try:
            settings = _Settings(options)
            roots = _xml.roots(data, settings.limits, options.get("encoding"))
        except ValidationFailed as error:
            yield Decoded(None, (error,), raw=data)
            return
        for index, (root, piece) in enumerate(roots):
            if isinstance(root, ValidationFailed):
                yield Decoded(None, (root,), {"index": index}, piece)
            else:
                yield _decoded(root, {"index": index}, piece, settings)

    def encode(self, documents: Iterable[Document], options: Mapping[str, Any] | None = None) -> bytes:
        options = options or {}
        rest = option(options, "rest", ("extension", "refuse", "drop"), "extension")
        pretty = option(options, "indent", (True, False), True)
        version = str(options.get("version") or VERSION)
        if not re.fullmatch(r"1\.[0-9.]{1,10}", version):
            raise ValidationFailed("codec.option", option="version", value=repr(version))
        return b"".join(
            etree.tostring(
                _written(document, options, rest),
                encoding="UTF-8",
                xml_declaration=True,
                pretty_print=pretty,
                doctype=f'<!DOCTYPE cXML SYSTEM "http://xml.cxml.org/schemas/cXML/{version}/cXML.dtd">',
            )
            for document in documents
        )


class _Settings:
    """The options of reading, checked once for all messages of a file."""

    def __init__(self, options: Mapping[str, Any]):
        self.limits = limits_of(options)
        self.zone = zone(options.get("timezone"))
        self.units = options.get("units") or {}
        if not isinstance(self.units, Mapping):
            raise ValidationFailed("codec.option", option="units", value=repr(self.units))


_PLAIN = _Settings({})


class _Reading(Reading):
    """What kinds need to know about the message they are in; and what is kept without its secrets."""

    def __init__(self, draft: Draft, root: etree._Element, settings: _Settings, *, places: bool):
        super().__init__(draft, NOISE, places=places)
        self.zone, self.units = settings.zone, settings.units
        self.currency = next((code for money in root.iter("Money") if (code := money.get("currency"))), None)

    def step(self, element: etree._Element, number: int) -> str:
        step = super().step(element, number)
        return f"{step}[@name='{element.get('name', '')}']" if element.tag == "Extrinsic" else step

    def is_noise(self, element: etree._Element, attribute: str) -> bool:
        return (
            super().is_noise(element, attribute)
            or (element.tag == "Extrinsic" and attribute == "name")
            or (element.tag, attribute) in NAMES_OF
        )

    def _keep(self, owner, way: str, text: str) -> None:
        if any(is_sensitive(step) for step in re.split(r"[/@\[\]'=]+", way)) or way.endswith(_SECRET):
            text = MASK
        super()._keep(owner, way, text)


# --- reading --------------------------------------------------------------------------------------
def _decoded(root: etree._Element, envelope: dict[str, Any], raw: bytes, settings: _Settings) -> Decoded:
    found = definition(root)
    if found is None:
        request = next(iter(root.iterfind("*/*")), root) if root.tag == "cXML" else root
        message = next((part for part in root.iterfind("*/*") if part.getparent().tag != "Header"), request)
        envelope["root"] = message.tag if isinstance(message.tag, str) else "?"
        error = ValidationFailed(
            "xml.document_unknown",
            pointer=_xml.place(message),
            document=_xml.name_of(message),
            known=list(KNOWN),
        )
        return Decoded(None, (error,), envelope, raw)
    envelope["root"] = found.split(":")[0]
    rest = _take_rest(root)
    document, errors = _read(root, found, envelope, rest, settings, places=False)
    if errors:
        document, errors = _read(root, found, envelope, rest, settings, places=True)
    return Decoded(document, errors, envelope, raw)


def _read(
    root: etree._Element,
    found: str,
    envelope: dict[str, Any],
    rest: str | None,
    settings: _Settings,
    *,
    places: bool,
) -> tuple[Document | None, tuple[TradeError, ...]]:
    draft = _draft(root, found, settings, places=places)
    envelope.update(draft.values.pop("_envelope", {}))
    if rest is not None:
        patch = _rest.unpacked(rest, draft.values)
        if patch is None:
            draft.put(("extensions", "elements", REST), rest)
        else:
            _rest.put_back(draft.values, patch)
    return draft.finish(settings.limits)


def _draft(root: etree._Element, found: str, settings: _Settings, *, places: bool) -> Draft:
    draft = Draft(NAMES[found][0], (_xml.AT, root))
    _Reading(draft, root, settings, places=places).document(root, node_of(found))
    values = draft.values
    if "issue_date" not in values and (prepared := values.get("_envelope", {}).get("prepared_at")):
        draft.put(("issue_date",), prepared[:10], (_xml.AT, root, "timestamp"))
    return draft


def _take_rest(root: etree._Element) -> str | None:
    """Our own extrinsic, taken out of the tree."""
    for extrinsic in root.iter("Extrinsic"):
        if extrinsic.get("name") == REST:
            extrinsic.getparent().remove(extrinsic)
            return extrinsic.text or ""
    return None


# --- writing --------------------------------------------------------------------------------------
def _written(document: Document, options: Mapping[str, Any], rest: str) -> etree._Element:
    name = WRITTEN.get(document.document_type)
    if name is None:
        what = f"{document.document_type} {document.id}"
        raise ValidationFailed("codec.cannot_carry", what=what, reason="cXML has no such document")
    values = document.as_dict()
    values["_header"] = _header(document, options)
    root = Writing().document(node_of(name), values)
    wanted = document.as_dict()
    if wanted["schema_version"] == SCHEMA_VERSION:
        del wanted["schema_version"]
    if not wanted["sequence_number"]:
        del wanted["sequence_number"]
    read_as = definition(root)
    written = _draft(root, read_as or name, _PLAIN, places=False).values
    written.pop("_envelope", None)
    left = _rest.rest_of(wanted, written)
    if rest == "refuse" and (lost := _rest.said(left)):
        pointer = _rest.first_of(lost)
        reason = "cXML has no place for it"
        raise ValidationFailed("codec.cannot_carry", pointer=pointer, what=pointer, reason=reason)
    if left and rest == "extension":
        header = root.find(NAMES[name][2])
        extrinsic = etree.SubElement(header, "Extrinsic", name=REST)
        extrinsic.text = _rest.packed(left, written)
    return root


def _header(document: Document, options: Mapping[str, Any]) -> dict[str, Any]:
    found = {name: options.get(name) for name in ("sender", "receiver", "agent", "user_agent", "test")}
    for name in ("sender", "receiver", "agent"):
        if found[name] is not None and not (isinstance(found[name], Mapping) and found[name].get("id")):
            raise ValidationFailed("codec.option", option=name, value=repr(found[name]))
        if found[name]:
            found[name] = {key: str(found[name].get(key) or "NetworkId") for key in ("id", "qualifier")}
    number = f"{document.document_type}.{document.id}.{document.revision}@tradelane"
    found["interchange_reference"] = options.get("interchange_reference") or number
    found["prepared_at"] = options.get("prepared_at") or document.issued_at.isoformat()
    found["user_agent"] = found["user_agent"] or "Tradelane"
    return found


class Status(NamedTuple):
    """What a cXML Response says: a code, with the meanings of HTTP's and some more, and words."""

    code: int
    text: str


def status_of(data: bytes) -> Status | None:
    """The status in a cXML Response; ``None`` when it is none."""
    try:
        root = _xml.read(data, limits_of(None))
    except ValidationFailed:
        return None
    status = root.find("Response/Status")
    code = "" if status is None else (status.get("code") or "").strip()
    if not (code.isascii() and code.isdecimal() and len(code) == 3):
        return None
    words = (status.get("text"), status.text)
    return Status(int(code), ": ".join(word for one in words if (word := " ".join((one or "").split()))))


def with_secret(data: bytes, secret: str) -> bytes:
    """A message with the secret both sides share in the Sender's credential, ready to be sent.

    What is stored and shown is the message without it.

    :raise ValidationFailed: as reading it does, or ``xml.document_unknown`` when it names no sender.
    """
    root = _xml.read(data, limits_of(None))
    credential = root.find("Header/Sender/Credential")
    if credential is None:
        raise ValidationFailed("xml.document_unknown", document=_xml.name_of(root), known=list(KNOWN))
    for old in credential.findall("SharedSecret"):
        credential.remove(old)
    etree.SubElement(credential, "SharedSecret").text = secret
    return etree.tostring(
        root, encoding="UTF-8", xml_declaration=True, doctype=root.getroottree().docinfo.doctype
    )
