"""The codec: files of UBL documents, alone or in the envelope of a StandardBusinessDocument."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, BinaryIO

from lxml import etree

from ...canonical import SCHEMA_VERSION, SELF_BILLED, Document
from ...errors import TradeError, ValidationFailed
from ...limits import MAX_ID
from .. import _rest, _xml
from .._draft import Draft
from .._edi.values import zone
from .._xml_reading import Reading, kept
from .._xml_writing import Writing
from ..base import Codec, Decoded, limits_of, option
from . import check, cutting, sbdh
from .documents import PREFIXES, ROOTS, SELF_BILLER, SENDERS, UBL, WRITTEN, node_of
from .kinds import CBC, NOISE
from .profiles import PROFILES
from .schemes import scheme

_DOCUMENT = re.compile(rf"\{{{re.escape(UBL)}(\w+)-2\}}\1")
_SNIFFED = re.compile(rb"urn:oasis:names:specification:ubl:schema:xsd:\w+-2")
#: how deep documents may lie in an envelope
_ENVELOPES = 4
_EXTENSION = f"{{{PREFIXES['ext']}}}"
#: what UBL has no place for, as an extension of ours (see :mod:`.._rest`)
REST = "urn:tradelane:ubl:rest:1"
#: types of an Invoice that credit
_CREDITS = frozenset({"261", "381"})
_CURRENCIES = ("DocumentCurrencyCode", "PricingCurrencyCode", "RequestedInvoiceCurrencyCode")


class Ubl(Codec):
    """UBL 2.0 to 2.3 are read, 2.1 is written.

    Options for reading: ``encoding`` (overrules what the file declares), ``timezone`` (of times without an
    offset: an IANA name or an offset; UTC), ``units`` (the partner's unit codes → Recommendation 20),
    ``check`` (true: what does not follow the schema, or a rule, is refused; see :mod:`.check`, with
    ``schemas`` and ``rules``), ``limits``.

    Options for writing: ``profile`` (one of Peppol's, see :mod:`.profiles`), or ``customization_id``,
    ``profile_id``, ``profile_execution_id``, ``ubl_version`` as a document's envelope has them; ``uuid``;
    ``rest``: what happens with what UBL has no place for: ``extension`` (carried along, the default),
    ``refuse`` (the default with a profile of Peppol, which allows no extensions) or ``drop``; ``sbdh`` (true:
    in a StandardBusinessDocument, as several documents always are), with ``sender`` and ``receiver`` (``id``,
    ``qualifier``), ``interchange_reference``, ``prepared_at``; ``charset``; ``indent`` (false: no line ends).
    """

    name = "ubl"
    label = "UBL 2.1 / Peppol"
    media_types = ("application/xml", "text/xml")
    extensions = (".xml", ".ubl")

    def sniff(self, head: bytes) -> int:
        head = head.replace(b"\0", b"")
        if not _SNIFFED.search(head):
            return 0
        return 85 if head.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith(b"<") else 20

    def decode(self, data: bytes, options: Mapping[str, Any] | None = None) -> Iterator[Decoded]:
        options = options or {}
        try:
            settings = _Settings(options)
            roots = _xml.roots(data, settings.limits, settings.encoding)
        except ValidationFailed as error:
            yield Decoded(None, (error,), raw=data)
            return
        index = 0
        for root, piece in roots:
            for part in _parts(root, piece, settings):
                part.envelope["index"] = index
                yield part
                index += 1

    def cut(self, file: BinaryIO, lines: int, options: Mapping[str, Any] | None = None) -> Iterator[bytes]:
        settings = _Settings(options or {})
        return cutting.pieces(file, lines, settings.limits, settings.encoding)

    def encode(self, documents: Iterable[Document], options: Mapping[str, Any] | None = None) -> bytes:
        options = options or {}
        profile = option(options, "profile", tuple(PROFILES), None)
        usual = "refuse" if profile else "extension"
        rest = option(options, "rest", ("extension", "refuse", "drop"), usual)
        documents = list(documents)
        roots = [_written(document, options, profile, rest) for document in documents]
        if option(options, "sbdh", (True, False), False) or len(roots) != 1:
            root = sbdh.wrapped(roots, documents, options)
        else:
            [root] = roots
        charset = options.get("charset") or "UTF-8"
        pretty = option(options, "indent", (True, False), True)
        try:
            return etree.tostring(root, encoding=charset, xml_declaration=True, pretty_print=pretty)
        except LookupError as error:
            raise ValidationFailed("codec.option", option="charset", value=repr(charset)) from error


class _Settings:
    """The options of reading, checked once for all documents of a file."""

    def __init__(self, options: Mapping[str, Any]):
        self.limits = limits_of(options)
        self.encoding = options.get("encoding")
        self.zone = zone(options.get("timezone"))
        self.units = options.get("units") or {}
        if not isinstance(self.units, Mapping):
            raise ValidationFailed("codec.option", option="units", value=repr(self.units))
        self.check = option(options, "check", (True, False), False)
        self.schemas, self.rules = options.get("schemas"), options.get("rules") or ()

    def errors(self, element: etree._Element) -> tuple[TradeError, ...]:
        """What the check finds, when there is to be one."""
        if not self.check:
            return ()
        try:
            return tuple(check.errors(element, self.schemas, self.rules, self.limits))
        except ValidationFailed as error:
            return (error,)


class _Reading(Reading):
    """What kinds need to know about the document they are in."""

    def __init__(self, draft: Draft, root: etree._Element, settings: _Settings, *, places: bool):
        super().__init__(draft, NOISE, frozenset({"schemeID"}), places=places)
        self.root, self.zone, self.units = root, settings.zone, settings.units
        self.currency = _currency(root)
        profile = (root.findtext(f"{CBC}CustomizationID") or "").lower()
        #: whether multipliers are percentages, as EN 16931 and Peppol say
        self.percentages = "en16931" in profile or "peppol" in profile


def _currency(root: etree._Element) -> str | None:
    """The currency of amounts that name none: the document's, else that of the first amount."""
    for name in _CURRENCIES:
        if text := (root.findtext(CBC + name) or "").strip():
            return text
    return next((code for element in root.iter() if (code := element.get("currencyID"))), None)


def _documents(root: etree._Element) -> Iterator[etree._Element]:
    """The UBL documents in a file, whatever they are wrapped in."""
    level = [root]
    for _depth in range(_ENVELOPES):
        deeper = []
        for element in level:
            if _DOCUMENT.fullmatch(element.tag):
                yield element
            else:
                deeper.extend(element)
        level = deeper


# --- reading --------------------------------------------------------------------------------------
def _parts(root: etree._Element | ValidationFailed, raw: bytes, settings: "_Settings") -> Iterator[Decoded]:
    """The UBL documents in one document of XML."""
    if isinstance(root, ValidationFailed):
        yield Decoded(None, (root,), {}, raw)
        return
    found = list(_documents(root))
    limit = settings.limits.max_documents
    error = None
    if not found:
        error = ValidationFailed(
            "xml.document_unknown", pointer=_xml.place(root), document=_xml.name_of(root), known=list(ROOTS)
        )
    elif len(found) > limit:
        error = ValidationFailed("document.too_many", limit=limit)
    if error:
        yield Decoded(None, (error,), {}, raw)
        return
    around = sbdh.read(root)
    for element in found:
        alone = raw if len(found) == 1 else sbdh.alone(root, element)
        yield _decoded(element, dict(around), alone, settings)


def _decoded(element: etree._Element, envelope: dict[str, Any], raw: bytes, settings: _Settings) -> Decoded:
    name = etree.QName(element).localname
    envelope |= {"syntax": "ubl", "root": name}
    if name not in ROOTS:
        error = ValidationFailed(
            "xml.document_unknown", pointer=_xml.place(element), document=name, known=list(ROOTS)
        )
        return Decoded(None, (error,), envelope, raw)
    envelope |= _about(element, name, envelope)
    if found := settings.errors(element):
        return Decoded(None, found, envelope, raw)
    rest = _take_rest(element)
    document, errors = _read(element, envelope, rest, settings, places=False)
    if errors:
        document, errors = _read(element, envelope, rest, settings, places=True)
    return Decoded(document, errors, envelope, raw)


def _about(element: etree._Element, name: str, envelope: Mapping[str, Any]) -> dict[str, Any]:
    """What is known of a document, whether or not it can be read: its kind, its number, who sends it."""
    found: dict[str, Any] = {"document_type": _document_type(element, name)}
    if number := (element.findtext(f"{CBC}ID") or "").strip():
        found["document_id"] = number[:MAX_ID]
    if not envelope.get("sender"):
        endpoint = element.find(f"{_sender(element, name)}/cbc:EndpointID", PREFIXES)
        if endpoint is not None and (text := (endpoint.text or "").strip()):
            found["sender"] = {"id": text[:MAX_ID]}
            if known := scheme(endpoint.get("schemeID") or ""):
                found["sender"]["scheme_id"] = known
    return found


def _document_type(element: etree._Element, name: str) -> str:
    if name == "Invoice" and _type_code(element, name) in _CREDITS:
        return "credit_note"
    return ROOTS[name][0]


def _sender(element: etree._Element, name: str) -> str:
    """The party that sends a document; who pays sends what it bills itself."""
    return SELF_BILLER if _type_code(element, name) in SELF_BILLED else SENDERS[name]


def _type_code(element: etree._Element, name: str) -> str:
    return (element.findtext(f"{CBC}{name}TypeCode") or "").strip()


def _read(
    element: etree._Element, envelope: dict[str, Any], rest: str | None, settings: _Settings, *, places: bool
) -> tuple[Document | None, tuple[TradeError, ...]]:
    draft = _draft(element, settings, places=places)
    own = draft.values.pop("_envelope", {})
    _count(draft, own, envelope)
    envelope.update(own)
    if rest is not None:
        patch = _rest.unpacked(rest, draft.values)
        if patch is None:
            kept(draft.values)["ext:UBLExtensions"] = rest
        else:
            _rest.put_back(draft.values, patch)
    if "issue_date" not in draft.values:
        draft.put(("issue_date",), str(envelope.get("prepared_at", ""))[:10])
    return draft.finish(settings.limits)


def _draft(element: etree._Element, settings: _Settings, *, places: bool) -> Draft:
    name = etree.QName(element).localname
    draft = Draft(_document_type(element, name), (_xml.AT, element))
    _Reading(draft, element, settings, places=places).document(element, node_of(name))
    return draft


def _count(draft: Draft, own: dict[str, Any], envelope: dict[str, Any]) -> None:
    """A document that says how many lines it has is right about it, or its reader is told."""
    said = own.pop("line_count", None)
    if said is None:
        return
    found = sum(len(lines) for name, lines in draft.values.items() if name.endswith("_lines"))
    if said != str(found):
        kept(draft.values)["cbc:LineCountNumeric"] = said
        text = f"The document announces {said} lines and has {found}."
        envelope["envelope_errors"] = [
            {"code": "line_count", "text": text, "place": "/cbc:LineCountNumeric", "level": "warning"}
        ]


def _take_rest(element: etree._Element) -> str | None:
    """Our own extension, taken out of the tree."""
    for extensions in element.iterchildren(f"{_EXTENSION}UBLExtensions"):
        for extension in extensions.iterchildren(f"{_EXTENSION}UBLExtension"):
            found = extension.find(f"{_EXTENSION}ExtensionContent/{{{REST}}}Rest")
            if found is None:
                continue
            extensions.remove(extension)
            if not len(extensions):
                element.remove(extensions)
            return found.text or ""
    return None


# --- writing --------------------------------------------------------------------------------------
def _written(
    document: Document, options: Mapping[str, Any], profile: str | None, rest: str
) -> etree._Element:
    document_type = document.document_type
    name = WRITTEN.get(document_type)
    if name is None:
        raise ValidationFailed(
            "codec.cannot_carry", what=f"{document_type} {document.id}", reason="UBL has no such document"
        )
    values = document.as_dict()
    values["_envelope"] = _envelope(document_type, options, profile)
    nsmap = {None: f"{UBL}{name}-2", "cac": PREFIXES["cac"], "cbc": PREFIXES["cbc"]}
    root = Writing(nsmap).document(node_of(name), values)
    wanted = document.as_dict()
    if wanted["schema_version"] == SCHEMA_VERSION:
        del wanted["schema_version"]
    if not wanted["sequence_number"]:
        del wanted["sequence_number"]
    written = _draft(root, _PLAIN, places=False).values
    written.pop("_envelope", None)
    left = _rest.rest_of(wanted, written)
    if rest == "refuse" and (lost := _rest.said(left)):
        pointer = _rest.first_of(lost)
        reason = "the profile has no place for it" if profile else "UBL has no place for it"
        raise ValidationFailed("codec.cannot_carry", pointer=pointer, what=pointer, reason=reason)
    if left and rest == "extension":
        _add_rest(root, _rest.packed(left, written))
    return root


_PLAIN = _Settings({})


def _envelope(document_type: str, options: Mapping[str, Any], profile: str | None) -> dict[str, str]:
    names = ("ubl_version", "customization_id", "profile_id", "profile_execution_id", "uuid")
    found = {name: str(options[name]) for name in names if options.get(name)}
    if profile:
        if document_type not in PROFILES[profile]:
            value = f"{profile} for the document type {document_type}"
            raise ValidationFailed("codec.option", option="profile", value=value)
        customization, process = PROFILES[profile][document_type]
        found.setdefault("customization_id", customization)
        found.setdefault("profile_id", process)
    elif "customization_id" not in found:
        found.setdefault("ubl_version", "2.1")
    return found


def _add_rest(root: etree._Element, text: str) -> None:
    extensions = etree.Element(f"{_EXTENSION}UBLExtensions", nsmap={"ext": PREFIXES["ext"]})
    extension = etree.SubElement(extensions, f"{_EXTENSION}UBLExtension")
    content = etree.SubElement(extension, f"{_EXTENSION}ExtensionContent")
    etree.SubElement(content, f"{{{REST}}}Rest", nsmap={None: REST}).text = text
    root.insert(0, extensions)
