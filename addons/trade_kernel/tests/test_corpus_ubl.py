"""The real UBL documents, type by type; lxml and the XML Schema as a second reader."""

import re
from collections import Counter

import pytest
from lxml import etree

from .. import codecs
from ..codecs.ubl import ROOTS, check
from ..limits import MAX_NOTE
from . import corpus

UBL = codecs.get("ubl")
ENTRIES = corpus.entries("UBL")
pytestmark = corpus.needs_corpus
#: documents that are rightly refused, by a part of the file's name: why
REFUSED = {
    "NRK is no currency": ("T14-hode-feilkoder", "T14-linje-feil"),
    "XYZ is no currency": ("SI-UBL-1.1-error-CL-T10-R003",),
    "amounts of an order in several currencies": ("CENBII-Order-maximal",),
    "no number, no currency, no item": ("CENBII-Order-minimal",),
    "two lines with the same number": (
        "SI-UBL-1.1-error-EUGEN-T10-R033",
        "SI-UBL-1.1-error-OP-T10-R002",
        "SI-UBL-1.1-error-SI-INV-R0",
        "SI-UBL-1.1-error-tax-currency",
    ),
    "units BOUT and TETRA": ("WAMAS2XML-SAMPLE", "XML2WAMAS-SAMPLE", "UBL2WAMAS-SAMPLE", "WAMAS2UBL-SAMPLE"),
    "templates with placeholders": ("despatch_advice_2.xml", "despatch_advice_tmpl", "order_response_tmpl"),
    "Disputed is no answer": ("UBL-OrderResponse-2.1-Example",),
    "not well-formed": ("order-test-bad-syntax",),
    "documents that are not read here": ("InstructionForReturns", "RetailEvent"),
}
_EXCUSED = tuple(name for names in REFUSED.values() for name in names)


def decoded():
    return [(entry, part) for entry in ENTRIES for part in corpus.outcome(entry).parts]


def test_ubl_is_recognised():
    assert {corpus.outcome(entry).codec for entry in ENTRIES} == {"ubl"}


def test_only_what_is_wrong_is_refused():
    refused = [(entry.name, part.errors) for entry, part in decoded() if part.document is None]
    assert [(name, errors) for name, errors in refused if not any(part in name for part in _EXCUSED)] == []
    # Nothing is excused that is read by now.
    for excuse in _EXCUSED:
        assert any(excuse in name for name, _errors in refused), excuse


def test_what_became_of_each_document(capsys):
    outcomes = [corpus.outcome(entry) for entry in ENTRIES]
    corpus.report(capsys, outcomes, lambda _found, part: part.envelope.get("root", "not XML"))
    read = Counter(part.envelope["root"] for _entry, part in decoded() if part.document)
    assert sum(read.values()) >= 125
    assert set(read) >= set(ROOTS) - {"OrderCancellation", "TransportationStatus", "Quotation"}


@pytest.mark.parametrize("entry", ENTRIES, ids=str)
def test_a_place_is_one_that_xpath_finds(entry):
    for part in corpus.outcome(entry).parts:
        for error in part.errors:
            pointer = (error.pointer or "").partition(" (")[0].partition(", line ")[0]
            if not pointer.startswith("/"):
                continue
            root = etree.fromstring(part.raw)
            namespaces = {"d": etree.QName(root).namespace, "cac": CAC, "cbc": CBC}
            path = re.sub(r"/(?=[A-Z])", "/d:", pointer)
            assert len(root.getroottree().xpath(path, namespaces=namespaces)) == 1, pointer


CAC = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
CBC = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"


def texts(values):
    """Every text in the values of a document."""
    if isinstance(values, dict):
        return [text for value in values.values() for text in texts(value)]
    if isinstance(values, list):
        return [text for value in values for text in texts(value)]
    return [str(values)]


@pytest.mark.parametrize("entry", ENTRIES, ids=str)
def test_no_text_of_a_real_document_is_lost(entry):
    """Every text of the file stands somewhere in what was made of it, mapped or kept."""
    for part in corpus.outcome(entry).parts:
        if part.document is None:
            continue
        known = " ".join(texts(part.document.as_dict()) + texts(part.envelope))
        known = re.sub(r"\s+", "", known)
        for element in etree.fromstring(part.raw, etree.XMLParser(remove_comments=True)).iter(etree.Element):
            text = re.sub(r"\s+", "", element.text or "")
            if not text or len(text) > MAX_NOTE or text in known:
                continue
            assert _is_said_otherwise(etree.QName(element).localname, text, part), (element.tag, text)


#: codes that have another name here, or say nothing
_OTHERWISE = {
    "ActionCode",
    "AcceptedIndicator",
    "AvailabilityStatusCode",
    "BalanceBroughtForwardIndicator",
    "ChargeIndicator",
    "CopyIndicator",
    "LineStatusCode",
    "MultiplierFactorNumeric",
    "ResponseCode",
    "SupplyChainActivityTypeCode",
}


def _is_said_otherwise(name, text, part):
    if name in _OTHERWISE or text == "NA":
        return True
    if name.endswith("Time"):  # with the zone it is in
        return text.rstrip("Z").rstrip("0").rstrip(".") in part.document.as_json()
    if name.endswith("Amount") and part.document.document_type == "remittance_advice":
        return not text.strip("0.")  # the credit of a debit
    if name == "IdentificationCode":
        return text in ("UK", "EL")
    if name == "LineCountNumeric":
        return text == str(len(part.document.lines))
    # What had to stand there: the tax of a VAT number, the kind of a weight.
    return (name, text) in (("ID", "VA"), ("ID", "VAT"), ("ID", "UKVAT"), ("AttributeID", "AAB"))


@pytest.mark.parametrize("entry", ENTRIES, ids=str)
def test_what_is_read_is_written_and_read_again(entry):
    for part in corpus.outcome(entry).parts:
        if part.document is None:
            continue
        kept = {name: part.envelope[name] for name in KEPT if name in part.envelope}
        [again] = UBL.decode(UBL.encode([part.document], kept))
        assert again.document == part.document
        assert {name: again.envelope[name] for name in kept} == kept


KEPT = ("ubl_version", "customization_id", "profile_id", "profile_execution_id", "uuid")


@pytest.mark.skipif(check.schema_folder() is None, reason="the schemas of UBL are not installed")
def test_what_follows_the_schema_does_so_when_it_is_written_again():
    checked = 0
    for entry, part in decoded():
        if part.document is None or check.validate(part.raw):
            continue
        assert check.validate(UBL.encode([part.document])) == (), entry.name
        checked += 1
    assert checked >= 60


@pytest.mark.parametrize("entry", ENTRIES, ids=str)
def test_each_document_can_be_read_alone(entry):
    for part in corpus.outcome(entry).parts:
        [again] = UBL.decode(part.raw)
        assert (again.document, [error.code for error in again.errors]) == (
            part.document,
            [error.code for error in part.errors],
        )
