"""Catalogues and stock reports too large to be read at once, cut into smaller ones in constant memory."""

import codecs as encodings
from collections.abc import Iterator
from copy import deepcopy
from typing import BinaryIO

from lxml import etree

from ...errors import ValidationFailed
from ...limits import Limits
from .. import _xml
from .documents import PREFIXES, UBL

_BLOCK = 1 << 20
#: documents whose lines are independent of each other → the element of a line
LINES = {
    "Catalogue": "CatalogueLine",
    "InventoryReport": "InventoryReportLine",
    "StockAvailabilityReport": "StockAvailabilityReportLine",
}
_NUMBER = f"{{{PREFIXES['cbc']}}}ID"
_LINE = {f"{{{UBL}{root}-2}}{root}": f"{{{PREFIXES['cac']}}}{line}" for root, line in LINES.items()}


def pieces(file: BinaryIO, lines: int, limits: Limits, encoding: str | None) -> Iterator[bytes]:
    """The document as several of at most so many lines, each in the envelope it came in.

    :raise ValidationFailed: ``codec.cannot_cut``: it is another document, or has something behind its lines;
        otherwise as :func:`.._xml.read`
    """
    document: etree._Element | None = None
    line, waiting, number = "", [], 0
    for event, element in _events(file, limits, encoding):
        if document is None:
            if element.tag in _LINE:
                document, line = element, _LINE[element.tag]
            elif element.getparent() is None and not element.tag.endswith("}StandardBusinessDocument"):
                break
        elif event == "start":
            # Only now is the line before it left alone by the parser.
            if len(waiting) == lines and element.getparent() is document:
                number += 1
                yield _piece(document, waiting, number)
                waiting = []
        elif element is document:
            if waiting or not number:
                yield _piece(document, waiting, number + 1)
            return
        elif element.getparent() is document:
            if element.tag == line:
                waiting.append(element)
            elif waiting or number:
                break
    raise ValidationFailed("codec.cannot_cut", format="UBL")


def _events(file: BinaryIO, limits: Limits, encoding: str | None) -> Iterator[tuple[str, etree._Element]]:
    parser = etree.XMLPullParser(("start", "end"), encoding="utf-8", **_xml.SAFE)
    head = file.read(_BLOCK)
    name, start = _xml.encoding_of(head, encoding)
    decoder = encodings.getincrementaldecoder(name)()
    block, first = head[start:], True
    try:
        while block:
            text = decoder.decode(block)
            if first:
                text, first = _xml.begun(text), False
            parser.feed(text.encode())
            yield from parser.read_events()
            block = file.read(_BLOCK)
        decoder.decode(b"", True)
        parser.close()
        yield from parser.read_events()
    except UnicodeDecodeError as error:
        raise ValidationFailed("file.encoding", encoding=name, position="?") from error
    except etree.XMLSyntaxError as error:
        raise _xml.refusal(error, limits) from error


def _piece(document: etree._Element, lines: list[etree._Element], number: int) -> bytes:
    """The next piece; its lines leave the document."""
    for line in lines:
        if next(line.iter(etree.Entity), None) is not None:
            raise ValidationFailed("xml.entities", pointer=_xml.place(line))
        document.remove(line)
    try:
        copy = etree.Element(document.tag, document.attrib, nsmap=document.nsmap)
    except ValueError:  # the parser takes names that can be written by nobody
        raise ValidationFailed("codec.cannot_cut", format="UBL") from None
    copy.extend(deepcopy(element) for element in document if element.tag != _LINE[document.tag])
    if number > 1 and (own := copy.find(_NUMBER)) is not None:
        own.text = f"{(own.text or '').strip()}-{number}"
    copy.extend(lines)
    outer = document.getparent()
    if outer is not None:
        root = etree.Element(outer.tag, nsmap=outer.nsmap)
        root.extend(deepcopy(element) for element in outer if element is not document)
        root.append(copy)
        copy = root
    return etree.tostring(copy, encoding="UTF-8", xml_declaration=True)
