"""The real cXML messages, type by type."""

import json
import re

import pytest
from lxml import etree

from .. import codecs
from ..codecs.cxml.documents import KNOWN
from ..redaction import MASK
from . import corpus

CXML = codecs.get("cxml")
ENTRIES = corpus.entries("cXML")
pytestmark = corpus.needs_corpus
#: messages that are no documents: conversations between systems, and catalogues as attachments
NOT_READ = {
    "CatalogUploadRequest",
    "CopyRequest",
    "ProductActivityMessage",
    "ProfileRequest",
    "PunchOutSetupRequest",
}


def decoded():
    return [(entry, part) for entry in ENTRIES for part in corpus.outcome(entry).parts]


def test_cxml_is_recognised():
    assert {corpus.outcome(entry).codec for entry in ENTRIES} == {"cxml"}


def test_only_what_is_no_document_is_refused(capsys):
    outcomes = [corpus.outcome(entry) for entry in ENTRIES]
    corpus.report(capsys, outcomes, lambda _found, part: part.envelope.get("root", "not XML"))
    for entry, part in decoded():
        assert (part.document is None) == (part.envelope["root"] in NOT_READ), (entry.name, part.errors)
        if part.document is None:
            assert [error.code for error in part.errors] == ["xml.document_unknown"]
        else:
            assert part.envelope["root"] in KNOWN


def secrets(data):
    return [text.decode() for text in re.findall(rb"<SharedSecret>\s*([^<]+?)\s*<", data)]


@pytest.mark.parametrize("entry", ENTRIES, ids=str)
def test_no_secret_of_a_real_message_comes_out(entry):
    for part in corpus.outcome(entry).parts:
        said = json.dumps([part.envelope, [error.as_dict() for error in part.errors]])
        said += part.document.as_json() if part.document else ""
        for secret in secrets(entry.data):
            assert secret not in said


def texts(values):
    if isinstance(values, dict):
        return [text for value in values.values() for text in texts(value)]
    if isinstance(values, list):
        return [text for value in values for text in texts(value)]
    return [str(values)]


@pytest.mark.parametrize("entry", ENTRIES, ids=str)
def test_no_text_of_a_real_message_is_lost(entry):
    for part in corpus.outcome(entry).parts:
        if part.document is None:
            continue
        known = re.sub(r"\s+", "", " ".join(texts(part.document.as_dict()) + texts(part.envelope)))
        root = etree.fromstring(part.raw, etree.XMLParser(remove_comments=True, load_dtd=False))
        for element in root.iter(etree.Element):
            text = re.sub(r"\s+", "", element.text or "")
            if not text or text in known or element.tag == "SharedSecret":
                continue
            if element.tag == "Country":  # its name; the code stands beside it
                assert element.get("isoCountryCode") in known
            elif element.tag == "CountryCode":
                assert f"+{text}" in known
            elif element.getparent().tag == "Credential":
                assert MASK in known
            else:
                # Amounts that are zero are no charge; 200 OK says nothing more than that.
                assert not text.strip("0.") or element.tag == "Status", (element.tag, text)


@pytest.mark.parametrize("entry", ENTRIES, ids=str)
def test_what_is_read_is_written_and_read_again(entry):
    for part in corpus.outcome(entry).parts:
        if part.document is not None:
            [again] = CXML.decode(CXML.encode([part.document]))
            assert again.document == part.document
