import base64
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ..errors import AuthenticationFailed, ValidationFailed
from ..hook_presets import PRESETS
from ..hook_signatures import Scheme, check_scheme, check_secret, inspect, sign, verify
from ..signatures import new_secret

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
URL = "https://erp.example.com/trade/hooks/abc"
FORM = b"CallSid=CA1234567890ABCDE&Digits=1234"
#: hand-made manners beside those of the presets
OTHERS = {
    "sha512": Scheme(header="X-Sig", algorithm="sha512", encoding="base64", secret_encoding="hex"),
    "id and time": Scheme(
        header="X-Sig",
        template="{id}|{timestamp}|{body}",
        id_header="X-Id",
        timestamp_header="X-Time",
        timestamp_format="ms",
    ),
    "iso": Scheme(
        header="X-Sig", template="{timestamp}\n{body}", timestamp_header="Date-Sent", timestamp_format="iso"
    ),
    "url": Scheme(header="X-Sig", template="{url}{body}", encoding="base64"),
}
SCHEMES = {name: preset.scheme for name, preset in PRESETS.items()} | OTHERS
SIGNING = {name: scheme for name, scheme in SCHEMES.items() if scheme.kind in ("standard", "hmac")}


def secret_for(scheme):
    if scheme.kind == "standard":
        return new_secret()
    return "c0ffee" * 8 if scheme.secret_encoding == "hex" else "It's a Secret to Everybody"


def passes(scheme, secrets, headers, body, now=NOW, url=URL):
    try:
        verify(scheme, secrets, headers, body, now, url)
    except AuthenticationFailed as error:
        assert error.code == "signature.invalid", "a refusal never says why"
        return False
    return True


# -- what the senders' own manuals print -----------------------------------------------------------

SLACK_BODY = (
    b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V"
    b"&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text="
    b"&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554"
    b"%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
)
PUBLISHED = {
    # GitHub, "Validating webhook deliveries"
    "github": (
        "It's a Secret to Everybody",
        {
            "X-Hub-Signature-256": "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
        },
        b"Hello, World!",
        NOW,
        "",
    ),
    # Slack, "Verifying requests from Slack"
    "slack": (
        "8f742231b10e8888abcd99yyyzzz85a5",
        {
            "X-Slack-Request-Timestamp": "1531420618",
            "X-Slack-Signature": "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
        },
        SLACK_BODY,
        datetime.fromtimestamp(1531420618, UTC),
        "",
    ),
    # Twilio, "Validating requests"
    "twilio": (
        "12345",
        {"X-Twilio-Signature": "RSOYDt4T1cUTdK1PDd93/VVr8B8="},
        b"Digits=1234&CallSid=CA1234567890ABCDE&Caller=%2B14158675309&From=%2B14158675309&To=%2B18005551212",
        NOW,
        "https://mycompany.com/myapp.php?foo=1&bar=2",
    ),
    # the reference implementations of Standard Webhooks
    "standard": (
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        {
            "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
            "webhook-timestamp": "1614265330",
            "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        },
        b'{"test": 2432232314}',
        datetime.fromtimestamp(1614265330, UTC),
        "",
    ),
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_examples_pass(name):
    secret, headers, body, now, url = PUBLISHED[name]
    assert passes(PRESETS[name].scheme, [secret], headers, body, now, url)
    assert not passes(PRESETS[name].scheme, [secret], headers, body + b"x", now, url)


@pytest.mark.parametrize(
    ("algorithm", "digest"),
    [  # RFC 2202 case 2 and RFC 4231 case 2
        ("sha1", "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"),
        ("sha256", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
        (
            "sha512",
            "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fd"
            "caeab1a34d4a6b4b636e070a38bce737",
        ),
    ],
)
@pytest.mark.parametrize("encoding", ["hex", "base64"])
def test_the_rfcs_own_vectors_pass(algorithm, digest, encoding):
    text = digest if encoding == "hex" else base64.b64encode(bytes.fromhex(digest)).decode()
    scheme = Scheme(header="X-Sig", algorithm=algorithm, encoding=encoding)
    assert passes(scheme, ["Jefe"], {"X-Sig": text}, b"what do ya want for nothing?")


# -- what holds for every manner ---------------------------------------------------------------------


@pytest.mark.parametrize("name", SCHEMES)
def test_every_scheme_is_sound_and_verifies_what_it_signs(name):
    scheme = SCHEMES[name]
    check_scheme(scheme)
    secret = secret_for(scheme)
    check_secret(scheme, secret)
    headers = sign(scheme, secret, FORM, moment=NOW, message_id="m1", url=URL)
    assert passes(scheme, [secret], headers, FORM)
    assert passes(scheme, [secret], {name.upper(): value for name, value in headers.items()}, FORM)
    assert not passes(scheme, ["another" * 4, new_secret()], headers, FORM)
    assert not passes(scheme, [], headers, FORM), "no secret, no entry"
    assert not passes(scheme, [""], headers, FORM)
    assert not passes(scheme, [secret], {}, FORM)


@pytest.mark.parametrize("name", SCHEMES)
def test_while_rotating_both_secrets_count(name):
    scheme = SCHEMES[name]
    old = secret_for(scheme)
    new = new_secret() if scheme.kind == "standard" else old[::-1]
    headers = sign(scheme, old, FORM, moment=NOW, message_id="m1", url=URL)
    assert passes(scheme, [new, old], headers, FORM)
    words = inspect(scheme, [new, old], headers, FORM, NOW, URL)[-1].words
    assert words == "It matches an earlier secret that still counts."
    assert not passes(scheme, [new], headers, FORM)


@given(
    st.sampled_from(sorted(SIGNING)),
    st.binary(min_size=1, max_size=200),
    st.integers(0, 10_000),
    st.integers(1, 255),
)
def test_whatever_byte_of_the_body_is_changed_nothing_passes(name, body, place, change):
    scheme = SIGNING[name]
    secret = secret_for(scheme)
    if "{params}" in scheme.template:  # a form: its fields are signed, not how they are written
        body = b"a=" + body.hex().encode()
    headers = sign(scheme, secret, body, moment=NOW, message_id="m1", url=URL)
    assert passes(scheme, [secret], headers, body)
    place %= len(body)
    tampered = body[:place] + bytes([body[place] ^ change]) + body[place + 1 :]
    if "{params}" in scheme.template:
        tampered = body[:-1] + (b"g" if body[-1:] != b"g" else b"h")
    assert not passes(scheme, [secret], headers, tampered)
    assert not passes(scheme, [secret], headers, body + b"0")


@given(st.sampled_from(sorted(SIGNING)), st.data())
def test_whatever_character_of_the_signature_is_changed_nothing_passes(name, data):
    scheme = SIGNING[name]
    secret = secret_for(scheme)
    headers = sign(scheme, secret, FORM, moment=NOW, message_id="m1", url=URL)
    header = data.draw(st.sampled_from(sorted(headers)))
    value = headers[header]
    place = data.draw(st.integers(0, len(value) - 1))
    letter = data.draw(st.sampled_from("0123456789abcdefXYZ"))
    tampered = value[:place] + letter + value[place + 1 :]
    if _says_the_same(scheme, value, tampered):
        return
    assert not passes(scheme, [secret], headers | {header: tampered}, FORM)


def _says_the_same(scheme, value, tampered):
    """The last letter of Base64 has bits that mean nothing, and hexadecimal digits have no case."""
    if value.lower() == tampered.lower():
        return True
    return value[:-2] == tampered[:-2] and value.endswith("=") and tampered.endswith("=")


@pytest.mark.parametrize("name", [name for name, scheme in SIGNING.items() if scheme.has_timestamp])
@pytest.mark.parametrize("off", [-301, 301, 86_400])
def test_what_is_recorded_and_sent_again_later_fails(name, off):
    scheme = SIGNING[name]
    secret = secret_for(scheme)
    headers = sign(scheme, secret, FORM, moment=NOW, message_id="m1", url=URL)
    assert not passes(scheme, [secret], headers, FORM, NOW + timedelta(seconds=off))
    fresh = sign(scheme, secret, FORM, moment=NOW + timedelta(seconds=off), message_id="m1", url=URL)
    stamps = {key for key in headers if headers[key] != fresh[key]} - {scheme.header, "webhook-signature"}
    for header in stamps:
        moved = headers | {header: fresh[header]}
        assert not passes(scheme, [secret], moved, FORM, NOW + timedelta(seconds=off)), "the time is signed"


@pytest.mark.parametrize("stamp", ["", "soon", "-5", "1e9", "١٢", "9" * 5000, "2026-13-01T00:00:00Z"])
@pytest.mark.parametrize("style", ["s", "ms", "iso"])
def test_a_time_that_is_none_is_refused(stamp, style):
    scheme = replace(OTHERS["id and time"], timestamp_format=style)
    headers = sign(scheme, "secret", FORM, moment=NOW, message_id="m1") | {"X-Time": stamp}
    assert not passes(scheme, ["secret"], headers, FORM)


def test_one_of_several_signatures_is_enough():
    stripe = PRESETS["stripe"].scheme
    stamp = int(NOW.timestamp())
    good = sign(stripe, "whsec_a", FORM, moment=NOW)["Stripe-Signature"].partition("v1=")[2]
    header = f"t={stamp},v0=6ffbb59b,v1={'0' * 64},v1={good}"
    assert passes(stripe, ["whsec_a"], {"Stripe-Signature": header}, FORM)
    only_v0 = f"t={stamp},v0={good}"
    assert not passes(stripe, ["whsec_a"], {"Stripe-Signature": only_v0}, FORM), "another version"
    flood = f"t={stamp}," + ",".join(["v1=" + "0" * 64] * 100) + f",v1={good}"
    assert not passes(stripe, ["whsec_a"], {"Stripe-Signature": flood}, FORM), (
        "nobody makes us compute at will"
    )


def test_form_fields_are_signed_in_the_order_of_their_names():
    twilio = PRESETS["twilio"].scheme
    headers = sign(twilio, "token", b"b=2&a=1", url=URL)
    assert passes(twilio, ["token"], headers, b"a=1&b=2")
    assert not passes(twilio, ["token"], headers, b"a=1&b=2", url=URL + "?x=1"), "the address is signed"
    assert not passes(twilio, ["token"], headers, b"a=1&b=2&c=")
    assert not passes(twilio, ["token"], headers, b"\xff")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"header": ""}, "header"),
        ({"header": "X Sig"}, "header"),
        ({"template": "{timestamp}"}, "{body}"),
        ({"template": "{body}{date}"}, "{date}"),
        ({"template": "{id}.{body}"}, "{id}"),
        ({"template": "{timestamp}.{body}"}, "{timestamp}"),
        ({"timestamp_header": "X-Time"}, "not signed"),
        ({"algorithm": "md5"}, "md5"),
        ({"encoding": "base32"}, "base32"),
        ({"kind": "basic"}, "user name"),
        ({"kind": "none"}, "none"),
        ({"template": "{timestamp}{body}", "timestamp_header": "T", "tolerance_seconds": 0.0}, "above 0"),
    ],
)
def test_a_scheme_that_promises_nothing_is_refused_with_the_reason(change, says):
    with pytest.raises(ValidationFailed) as caught:
        check_scheme(replace(Scheme(header="X-Sig"), **change))
    assert says in caught.value.message


def test_secrets_that_cannot_be_keys_are_refused_and_never_quoted():
    for encoding, secret in (("hex", "no hex at all"), ("base64", "é"), ("text", "")):
        with pytest.raises(ValidationFailed) as caught:
            check_secret(Scheme(header="X", secret_encoding=encoding), secret)
        assert not secret or secret not in str(caught.value)
    with pytest.raises(ValidationFailed):
        check_secret(PRESETS["standard"].scheme, "short")


def test_looking_at_a_request_says_which_step_fails_and_nothing_of_the_secret():
    scheme = PRESETS["slack"].scheme
    headers = sign(scheme, "very-secret", FORM, moment=NOW)
    steps = inspect(scheme, ["very-secret"], headers, FORM, NOW + timedelta(hours=1))
    assert [(step.step, step.ok) for step in steps] == [
        ("secret", True),
        ("signature", True),
        ("timestamp", False),
        ("match", True),
    ]
    assert "3600 seconds" in steps[2].words
    assert "very-secret" not in str(steps)
