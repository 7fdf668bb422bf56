import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ..errors import ValidationFailed
from ..hook_challenges import CHALLENGES, Answer, answer_get, answer_post
from ..hook_envelope import FORM, check_pointer, read
from ..hook_signatures import Scheme, verify
from ..limits import Limits

RAW = b"""\xef\xbb\xbf{
  "id": 17, "type": "order.created", "a/b": {"~": "odd"},
  "data": {"lines": [ {"price": 12.50, "name": "Gr\xc3\xb6\xc3\x9fe"},  {"price": 1e2} ], "id": "A-1"},
  "text": "{\\"id\\": \\"inner\\", \\"price\\": 1.10}", "id": 18
}"""


def test_names_and_numbers_are_found_as_they_were_written():
    event = read(RAW, "application/json")
    assert event.text("/type") == "order.created"
    assert event.text("/id") == "18", "of several the last, as every reader of JSON has it"
    assert event.text("/data/lines/0/price") == "12.50"
    assert event.text("/data/lines/1/price") == "1e2"
    assert event.text("/a~1b/~0") == "odd"
    for nowhere in ("/data", "/data/lines/2/price", "/data/lines/x", "/nothing/here", "/type/0", "type"):
        assert event.text(nowhere) is None


def test_a_part_keeps_exactly_its_text():
    event = read(RAW, "application/json")
    assert event.part("/data/lines/0") == '{"price": 12.50, "name": "Größe"}'.encode()
    assert event.part("") == RAW[3:].strip()
    assert event.part("/gone") is None


def test_json_inside_text_can_be_pointed_into():
    event = read(RAW, "application/json")
    assert event.text("/text/id") == "inner"
    assert event.text("/text/price") == "1.10"
    assert event.part("/text") == b'{"id": "inner", "price": 1.10}'


def test_a_form_is_read_by_its_fields():
    raw = b"type=ping&payload=%7B%22type%22%3A%22block%22%2C%22id%22%3A7%7D&empty="
    event = read(raw, FORM + "; charset=utf-8")
    assert (event.text("/type"), event.text("/payload/type"), event.text("/empty")) == ("ping", "block", None)
    assert event.part("/payload") == b'{"type":"block","id":7}'


@pytest.mark.parametrize("name", ["x" * 201, "a\nb", "a\0b", "  ", ""])
def test_what_is_no_name_is_no_type(name):
    assert read(json.dumps({"type": name}).encode(), None).text("/type") is None


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "hook.unreadable"),
        (b"\xff\xfe", "hook.unreadable"),
        (b"{", "hook.unreadable"),
        (b'"word"', "hook.unreadable"),
        (b"17", "hook.unreadable"),
        (b'{"a": NaN}', "hook.unreadable"),
        (b'{"a": ' + b"9" * 5000 + b"}", "hook.unreadable"),
        (b"[" * 100_000, "json.too_deep"),
        (b"[" * 33 + b"]" * 33, "json.too_deep"),
        (b"{}" + b" " * 1000, "file.too_large"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_reason(raw, code):
    with pytest.raises(ValidationFailed) as caught:
        read(raw, "application/json", Limits(max_bytes=500_000 if code != "file.too_large" else 1000))
    assert caught.value.code == code


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
        max_leaves=20,
    ),
    st.integers(0, 3),
)
def test_every_part_of_every_document_is_found(value, indent):
    raw = json.dumps({"root": value}, indent=indent or None).encode()
    event = read(raw, "application/json")

    def walk(found, pointer):
        part = event.part(pointer)
        if isinstance(found, str):
            assert part == found.encode("utf-8", "surrogatepass")
            return
        assert json.loads(part) == found
        inner = (
            found.items() if isinstance(found, dict) else enumerate(found if isinstance(found, list) else [])
        )
        for name, value in inner:
            walk(value, f"{pointer}/{str(name).replace('~', '~0').replace('/', '~1')}")

    walk(value, "/root")


def test_pointers_are_checked_where_they_are_entered():
    check_pointer("")
    check_pointer("/data/0/id")
    with pytest.raises(ValidationFailed):
        check_pointer("data.id")


# -- handshakes ------------------------------------------------------------------------------------


def test_slack_gets_its_challenge_back():
    body = b'{"token": "x", "challenge": "3eZbrw1aBm2rZgRNFdxV", "type": "url_verification"}'
    assert answer_post(CHALLENGES["echo"], body, ("s",), True) == Answer("3eZbrw1aBm2rZgRNFdxV", "text/plain")
    assert answer_post(CHALLENGES["echo"], body, ("s",), False) is None, "it is signed like every event"
    assert answer_post(CHALLENGES["echo"], b'{"type": "event_callback"}', ("s",), True) is None


def test_meta_must_know_the_verify_token():
    query = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": "ours"}
    assert answer_get(CHALLENGES["verify"], query, (), ("new", "ours")).body == "1158201444"
    for words in ((), ("theirs",), ("",)):
        assert answer_get(CHALLENGES["verify"], query, (), words) is None
    assert answer_get(CHALLENGES["verify"], {"hub.challenge": "1"}, (), ("",)) is None


def test_zoom_gets_the_signature_of_its_token():
    """The example of Zoom's manual has no published secret, so both sides are computed here."""
    body = b'{"payload": {"plainToken": "qgg8vlvZRS6UYooatFL8Aw"}, "event": "endpoint.url_validation"}'
    answer = json.loads(answer_post(CHALLENGES["url_validation"], body, ("secret",), True).body)
    assert answer["plainToken"] == "qgg8vlvZRS6UYooatFL8Aw"
    verify_with(answer["encryptedToken"], "hex", b"qgg8vlvZRS6UYooatFL8Aw")


def test_x_gets_the_signature_of_its_word():
    answer = json.loads(answer_get(CHALLENGES["crc"], {"crc_token": "9b4507b3"}, ("secret",), ()).body)
    verify_with(answer["response_token"].removeprefix("sha256="), "base64", b"9b4507b3")


def verify_with(signature, encoding, body):
    scheme = Scheme(header="X-Sig", encoding=encoding)
    verify(scheme, ["secret"], {"X-Sig": signature}, body, datetime.now(UTC))


@pytest.mark.parametrize("token", ['{"id": 1}', "[1]", "a&b=c", "<script>", "a b", "a=b", "", "x" * 600])
def test_nobody_gets_a_signature_for_a_document_of_his_own(token):
    """Whoever may ask for the HMAC of any text could sign events himself."""
    assert answer_get(CHALLENGES["crc"], {"crc_token": token}, ("secret",), ()) is None


def test_woocommerce_may_try_the_address():
    ping = CHALLENGES["ping"]
    assert answer_post(ping, b"webhook_id=12", (), False) == Answer("", "text/plain")
    assert answer_post(ping, b"webhook_id=12&order=1", (), False) is None
    assert answer_post(ping, b'{"id": 1}', (), False) is None


@pytest.mark.parametrize("name", CHALLENGES)
def test_no_question_of_any_size_breaks_it(name):
    challenge = CHALLENGES[name]
    for body in (b"", b"[" * 4000, b"\xff", b"null", b"[]", b"{}" * 5000, b'{"type": {}}'):
        assert answer_post(challenge, body, ("s",), True) is None
    assert answer_get(challenge, {}, ("s",), ("w",)) is None
