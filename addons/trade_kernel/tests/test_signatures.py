import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from ..errors import AuthenticationFailed, ValidationFailed
from ..signatures import check_secret, new_secret, sign, verify

OLD, NEW, OTHER = new_secret(), new_secret(), new_secret()
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
BODY = '{"name": "Größe"}'.encode()
LATIN = "UNB+UNOC:3'NAD+BY+Größe'".encode("latin-1")


@pytest.mark.parametrize("body", [BODY, LATIN, b"", b"\0\xff"])
def test_what_is_signed_is_verified(body):
    assert verify([OLD], sign([OLD], "msg_1", body, NOW), body, NOW) == "msg_1"


def test_while_rotating_either_side_may_be_first():
    assert verify([NEW, OLD], sign([OLD], "m", BODY, NOW), BODY, NOW)
    assert verify([OLD], sign([NEW, OLD], "m", BODY, NOW), BODY, NOW)
    assert verify([NEW], sign([NEW, OLD], "m", BODY, NOW), BODY, NOW)


def tampered():
    good = sign([OLD], "msg_1", BODY, NOW)
    yield "another secret", [OTHER], good, BODY, NOW
    yield "no secret at all", [], good, BODY, NOW
    yield "an empty secret", ["whsec_", "", "a"], signed_by_hand(b"", str(int(NOW.timestamp()))), BODY, NOW
    yield "another body", [OLD], good, BODY + b" ", NOW
    yield "another id", [OLD], good | {"webhook-id": "msg_2"}, BODY, NOW
    yield "another time", [OLD], good | {"webhook-timestamp": str(int(NOW.timestamp()) + 1)}, BODY, NOW
    yield "too old", [OLD], good, BODY, NOW + timedelta(seconds=301)
    yield "too new", [OLD], good, BODY, NOW - timedelta(seconds=301)
    yield (
        "another version",
        [OLD],
        good | {"webhook-signature": good["webhook-signature"].replace("v1", "v2")},
        BODY,
        NOW,
    )
    for name in good:
        yield f"without {name}", [OLD], {k: v for k, v in good.items() if k != name}, BODY, NOW
    for stamp in ("\u0661\u0662", "soon", "", "-5", "1e9", f"{NOW.timestamp()}", "9" * 5000):
        yield (
            f"the timestamp {stamp[:10]}",
            [OLD],
            signed_by_hand(base64.b64decode(OLD[6:]), stamp),
            BODY,
            NOW,
        )


def signed_by_hand(key, stamp):
    """Headers whose signature fits, whatever the key and the timestamp."""
    mac = hmac.new(key, f"m.{stamp}.".encode() + BODY, hashlib.sha256).digest()
    signature = f"v1,{base64.b64encode(mac).decode()}"
    return {"webhook-id": "m", "webhook-timestamp": stamp, "webhook-signature": signature}


@pytest.mark.parametrize(
    "secrets, headers, body, now", [case[1:] for case in tampered()], ids=[c[0] for c in tampered()]
)
def test_anything_else_is_refused_in_the_same_words(secrets, headers, body, now):
    with pytest.raises(AuthenticationFailed) as caught:
        verify(secrets, headers, body, now)
    assert caught.value.as_dict() == AuthenticationFailed("signature.invalid").as_dict()


def test_the_library_verifies_what_we_sign():
    headers = sign([NEW, OLD], "msg_1", BODY)
    for secret in (OLD, NEW):
        Webhook(secret).verify(BODY, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(OTHER).verify(BODY, headers)


def test_we_verify_what_the_library_signs():
    moment = datetime.now(UTC)
    headers = {
        "Webhook-Id": "msg_1",
        "Webhook-Timestamp": str(int(moment.timestamp())),
        "Webhook-Signature": "v1,bm9ub25zZW5zZQ== v2,x v1 "
        + Webhook(OLD).sign("msg_1", moment, BODY.decode()),
    }
    assert verify([NEW, OLD], headers, BODY, moment) == "msg_1"


@given(
    st.dictionaries(st.sampled_from(["webhook-id", "webhook-timestamp", "webhook-signature"]), st.text()),
    st.binary(),
    st.text(),
)
def test_no_header_breaks_anything(headers, body, secret):
    with pytest.raises(AuthenticationFailed):
        verify([OLD, secret], headers, body, NOW)


def test_a_new_secret_is_good_and_never_the_same():
    check_secret(OLD)
    assert OLD.startswith("whsec_") and OLD != NEW
    assert len(base64.b64decode(OLD[6:])) == 32


@pytest.mark.parametrize(
    "secret, code",
    [
        ("whsec_!!", "secret.malformed"),
        ("whsec_", "secret.short"),
        ("c2hvcnQ=", "secret.short"),
        ("größe", "secret.malformed"),
    ],
)
def test_a_bad_secret_is_refused_when_it_is_entered_and_not_quoted(secret, code):
    with pytest.raises(ValidationFailed) as caught:
        check_secret(secret)
    assert caught.value.code == code
    assert secret not in str(caught.value.as_dict())


@pytest.mark.parametrize(
    "secrets, message_id", [([], "m"), (["whsec_"], "m"), ([OLD, ""], "m"), ([OLD], "a\nb"), ([OLD], "")]
)
def test_nothing_is_sent_with_a_signature_that_proves_nothing(secrets, message_id):
    with pytest.raises(ValidationFailed):
        sign(secrets, message_id, BODY, NOW)
