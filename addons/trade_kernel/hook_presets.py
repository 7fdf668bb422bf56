"""What well-known senders do, so that nobody has to read their manuals for it.

A preset fills a connector's fields once; every one of them can be changed afterwards. Each name below is
documented by the sender (headers, what is signed, where type and id of an event stand).
"""

from dataclasses import dataclass, field

from .hook_signatures import Scheme


@dataclass(frozen=True, slots=True)
class Preset:
    """One sender's manner.

    Attributes:
        label: for people.
        scheme: how it signs.
        type_header: the header with the event's type, or ``type_pointer``: its JSON pointer in the body.
        id_header: the header with the event's id, or ``id_pointer``.
        record_pointer: the id of the record an event is about.
        challenge: the name of its handshake, see ``hook_challenges.py``.
        secret: where the secret comes from, for people.
    """

    label: str
    scheme: Scheme
    type_header: str = ""
    type_pointer: str = ""
    id_header: str = ""
    id_pointer: str = ""
    record_pointer: str = ""
    challenge: str = ""
    secret: str = field(default="Agree on one with them, or generate it here and give it to them.")


_THEIRS = "They show it where you enter our address. Copy it from there."
_OURS = "Generate it here and enter it there as the secret."

PRESETS: dict[str, Preset] = {
    "standard": Preset(
        "Standard Webhooks",
        Scheme(kind="standard"),
        type_pointer="/type",
        id_header="webhook-id",
    ),
    "generic": Preset(
        "Signature over the body (HMAC-SHA256)",
        Scheme(header="X-Signature"),
        type_pointer="/type",
        id_pointer="/id",
        record_pointer="/data/id",
    ),
    "generic_timestamp": Preset(
        "Signature over time and body (HMAC-SHA256)",
        Scheme(header="X-Signature", template="{timestamp}.{body}", timestamp_header="X-Timestamp"),
        type_pointer="/type",
        id_pointer="/id",
        record_pointer="/data/id",
    ),
    "shopify": Preset(
        "Shopify",
        Scheme(header="X-Shopify-Hmac-Sha256", encoding="base64"),
        type_header="X-Shopify-Topic",
        id_header="X-Shopify-Event-Id",
        record_pointer="/id",
        secret=_THEIRS,
    ),
    "woocommerce": Preset(
        "WooCommerce",
        Scheme(header="X-WC-Webhook-Signature", encoding="base64"),
        type_header="X-WC-Webhook-Topic",
        id_header="X-WC-Webhook-Delivery-ID",
        record_pointer="/id",
        challenge="ping",
        secret=_OURS,
    ),
    "stripe": Preset(
        "Stripe",
        Scheme(header="Stripe-Signature", template="{timestamp}.{body}", item="v1", timestamp_item="t"),
        type_pointer="/type",
        id_pointer="/id",
        record_pointer="/data/object/id",
        secret=_THEIRS,
    ),
    "github": Preset(
        "GitHub",
        Scheme(header="X-Hub-Signature-256", prefix="sha256="),
        type_header="X-GitHub-Event",
        id_header="X-GitHub-Delivery",
        secret=_OURS,
    ),
    "gitlab": Preset(
        "GitLab",
        Scheme(kind="token", header="X-Gitlab-Token"),
        type_header="X-Gitlab-Event",
        id_header="X-Gitlab-Event-UUID",
        secret=_OURS,
    ),
    "slack": Preset(
        "Slack",
        Scheme(
            header="X-Slack-Signature",
            prefix="v0=",
            template="v0:{timestamp}:{body}",
            timestamp_header="X-Slack-Request-Timestamp",
        ),
        type_pointer="/event/type",
        id_pointer="/event_id",
        challenge="echo",
        secret=_THEIRS,
    ),
    "zoom": Preset(
        "Zoom",
        Scheme(
            header="x-zm-signature",
            prefix="v0=",
            template="v0:{timestamp}:{body}",
            timestamp_header="x-zm-request-timestamp",
        ),
        type_pointer="/event",
        record_pointer="/payload/object/id",
        challenge="url_validation",
        secret=_THEIRS,
    ),
    "meta": Preset(
        "Meta (Facebook, WhatsApp)",
        Scheme(header="X-Hub-Signature-256", prefix="sha256="),
        type_pointer="/object",
        challenge="verify",
        secret=_THEIRS,
    ),
    "x": Preset(
        "X (Twitter)",
        Scheme(header="x-twitter-webhooks-signature", prefix="sha256=", encoding="base64"),
        challenge="crc",
        secret=_THEIRS,
    ),
    "twilio": Preset(
        "Twilio",
        Scheme(header="X-Twilio-Signature", algorithm="sha1", encoding="base64", template="{url}{params}"),
        id_header="I-Twilio-Idempotency-Token",
        secret="It is the account's auth token.",
    ),
    "token": Preset(
        "A token in a header",
        Scheme(kind="token", header="Authorization", prefix="Bearer "),
        type_pointer="/type",
        id_pointer="/id",
        record_pointer="/data/id",
        secret=_OURS,
    ),
    "basic": Preset(
        "User name and password",
        Scheme(kind="basic", login="webhook"),
        type_pointer="/type",
        id_pointer="/id",
        record_pointer="/data/id",
        secret=_OURS,
    ),
}
