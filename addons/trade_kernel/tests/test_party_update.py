"""What is said of a party: silence, null and removal are three things, and stay so on every way."""

import json

import pytest

from ..canonical import PartyUpdate, canonical_digest, parse
from ..codecs.canonical_json import CanonicalJson
from ..errors import ValidationFailed

HEAD = {"document_type": "party_update", "id": "MD-1", "issue_date": "2026-03-02"}


def said(**values):
    return parse({**HEAD, **values})


def again(document):
    """The document as it is after it was written and read."""
    [part] = CanonicalJson().decode(CanonicalJson().encode([document]))
    assert not part.errors
    return part.document


def test_null_is_kept_as_emptied():
    document = said(
        party={"company_id": None, "contact": {"telephone": None, "electronic_mail": "a@b.example"}}
    )
    assert document.party.emptied == ("company_id",)
    assert document.party.contact.emptied == ("telephone",)
    assert again(document) == document
    assert PartyUpdate.model_validate(document.model_dump(mode="json", exclude_none=True)) == document


def test_absence_says_nothing():
    document = said(party={"party_name": "Wood Corner", "contact": {"telephone": "", "electronic_mail": "x"}})
    assert (document.party.emptied, document.party.contact.emptied) == ((), ())
    assert "emptied" not in json.dumps(document.as_dict())


def test_null_for_the_whole_address_empties_each_of_its_fields():
    document = said(party={"postal_address": None})
    assert len(document.party.postal_address.emptied) == 6
    assert again(document) == document


def test_null_and_its_name_are_one_content_and_silence_is_another():
    null = said(contacts=[{"name": "Ada", "job_title": None, "telephone": None}])
    named = said(contacts=[{"name": "Ada", "emptied": ["telephone", "job_title", "telephone"]}])
    silent = said(contacts=[{"name": "Ada"}])
    assert canonical_digest(null) == canonical_digest(named) != canonical_digest(silent)


def test_what_is_emptied_has_no_value():
    with pytest.raises(ValidationFailed) as raised:
        said(party={"contact": {"telephone": "+32 1", "emptied": ["telephone"]}})
    assert raised.value.code == "party.emptied_and_said"
    assert raised.value.pointer == "/party/contact/emptied/0"


def test_removal_survives_the_way():
    document = said(
        contacts=[{"name": "Ada", "action": "remove"}],
        locations=[{"name": "North", "action": "remove"}],
        payee_financial_accounts=[{"id": "BE71096123456769", "action": "remove"}],
    )
    assert again(document) == document
    assert [part["action"] for part in document.as_dict()["contacts"]] == ["remove"]


@pytest.mark.parametrize("action", ["delete", "", None, True])
def test_nothing_else_removes(action):
    with pytest.raises(ValidationFailed):
        said(contacts=[{"name": "Ada", "action": action}])


def test_a_place_needs_its_address_unless_it_is_given_up():
    with pytest.raises(ValidationFailed) as raised:
        said(locations=[{"name": "North"}])
    assert (raised.value.code, raised.value.pointer) == ("field.missing", "/locations/0/address")


def test_whom_it_is_about_is_named_by_a_number():
    with pytest.raises(ValidationFailed) as raised:
        said(about={})
    assert raised.value.code == "party.unidentified"
    document = said(
        about={
            "party_identification": [{"id": "5412345000013", "scheme_id": "0088"}, {"id": "V-100"}],
            "company_id": "BE0477472701",
        }
    )
    assert document.about.identifiers == (("0088", "5412345000013"), ("", "V-100"), ("vat", "BE0477472701"))
    assert again(document) == document


def test_documents_about_one_party_come_one_after_the_other():
    by_both = said(about={"party_identification": [{"id": "V-1"}], "company_id": "BE1"})
    by_one, other = said(about={"company_id": "BE1"}), said(about={"company_id": "BE2"})
    assert set(by_both.threads) & set(by_one.threads)
    assert not set(by_one.threads) & set(other.threads)
    assert said().threads == said(party={"party_name": "x"}).threads
