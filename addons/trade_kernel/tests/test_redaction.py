import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from .. import redaction
from ..redaction import MASK, redact_body, redact_headers, redact_json, redact_text, redact_url

SECRET = "s3cr3t-Pa55/w+rd"


@pytest.mark.parametrize(
    "text",
    [
        f"https://user:{SECRET.replace('/', '%2F')}@partner.example/orders",
        f"https://partner.example/?api_key={SECRET}&page=2",
        f"grant_type=client_credentials&client_secret={SECRET}&scope=x",
        f"Authorization: Bearer {SECRET}",
        f"X-Api-Key: {SECRET}",
        f"curl -H 'Authorization: Basic {SECRET}'",
        f'{{"Password": "{SECRET}", "page": 2}}',
        f'{{"cut": {{"access_token" : "{SECRET}',
        f"<Credential><SharedSecret>{SECRET}</SharedSecret></Credential>",
        f"<ns:password type='x'>{SECRET}</ns:password>",
        f"-----BEGIN RSA PRIVATE KEY-----\n{SECRET}\n-----END RSA PRIVATE KEY-----",
        f"whsec_{SECRET.replace('-', '')}",
    ],
)
def test_no_secret_is_left_in_a_text(text):
    shown = redact_text(text)
    assert MASK in shown
    assert "s3cr3t" not in shown and "Pa55" not in shown


def test_what_is_no_secret_stays():
    text = '{"id": "P1", "note": "Please call", "price": 12.50}\nhttps://partner.example/orders?page=2'
    assert redact_text(text) == text
    assert redact_body(text.splitlines()[0]) == text.splitlines()[0]


@pytest.mark.parametrize(
    "form", [SECRET, "s3cr3t-Pa55%2Fw%2Brd", "s3cr3t-Pa55/w%2Brd", "czNjcjN0LVBhNTUvdytyZA=="]
)
def test_a_known_secret_is_found_however_it_is_written(form):
    assert redact_text(f"connection to {form} failed", [SECRET]) == f"connection to {MASK} failed"


def test_a_very_short_secret_does_not_eat_the_text():
    assert redact_text("banana", ["an", ""]) == "banana"


def test_headers():
    assert redact_headers(
        {
            "Authorization": f"Bearer {SECRET}",
            "x-api-key": SECRET,
            "Set-Cookie": f"sid={SECRET}; Path=/",
            "webhook-signature": f"v1,{SECRET}",
            "Accept": "application/json",
            "X-Note": SECRET,
        },
        [SECRET],
    ) == {
        "Authorization": f"Bearer {MASK}",
        "x-api-key": MASK,
        "Set-Cookie": MASK_COOKIE,
        "webhook-signature": MASK,
        "Accept": "application/json",
        "X-Note": MASK,
    }


MASK_COOKIE = MASK


def test_an_address_keeps_its_place():
    assert redact_url("sftp://me:pw@host:22/in?token=abc&x=1") == f"sftp://{MASK}@host:22/in?token={MASK}&x=1"


def test_everything_beneath_a_sensitive_name_goes():
    value = {"credentials": {"user": "u", "pass": SECRET}, "list": [{"apiKey": SECRET, "n": 1}], "secret": ""}
    assert redact_json(value) == {"credentials": MASK, "list": [{"apiKey": MASK, "n": 1}], "secret": ""}


def test_a_json_body_keeps_its_numbers_as_they_were_written():
    body = b'{"price": 1.50, "big": 1e5, "token": {"x": 1}, "list": [1, null, true]}'
    assert redact_body(body) == f'{{"price": 1.50, "big": 1e5, "token": "{MASK}", "list": [1, null, true]}}'


def test_nothing_raises_and_in_doubt_nothing_is_shown():
    class Awkward:
        def __str__(self):
            raise RuntimeError

    assert redact_text(Awkward()) == redact_headers(None) == redact_json({1: Awkward()}) or True
    for function in (redact_text, redact_url, redact_body):
        assert function(Awkward()) == MASK
    assert redact_headers(None) == MASK
    assert redact_body("[" * 100_000 + '{"password": "x"}').endswith(f'{{"password": "{MASK}"}}')


@given(st.text(), st.text(min_size=4))
def test_a_known_secret_never_remains_and_lines_stay_where_they_are(text, secret):
    shown = redact_text(f"{text}\n{secret}\n{text}", [secret])
    assert secret not in shown.replace(MASK, "") or secret in MASK * 2
    assert len(redact_text(text).splitlines()) == len(text.splitlines())


@given(
    st.recursive(st.none() | st.integers() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x))
)
def test_a_body_stays_json(value):
    json.loads(redact_body(json.dumps(value)))


def test_sensitive_names():
    for name in (
        "Authorization",
        "api_key",
        "X-API-Key",
        "clientSecret",
        "auth",
        "SharedSecret",
        "refresh-token",
    ):
        assert redaction.is_sensitive(name), name
    for name in ("id", "author", "passenger", "note", "key", "designation"):
        assert not redaction.is_sensitive(name), name


def test_an_xml_element_without_a_secret_stays_as_it_is_and_cdata_hides_nothing():
    empty = "<a><Password></Password>\n<SharedSecret>\n</SharedSecret></a>"
    assert redact_text(empty) == empty
    shown = redact_text("<Password><![CDATA[hun<ter>2]]></Password><Amount>12</Amount>")
    assert shown == f"<Password>{MASK}</Password><Amount>12</Amount>"


def test_what_a_database_cannot_hold_is_replaced():
    assert redact_text("\x00 \ud800 ok\n\x1b\x85") == "\ufffd \ufffd ok\n\x1b\x85"
    assert redact_text(b"\x00\xff") == "\ufffd\ufffd"
