"""From a message of the pipeline to one of the broker's."""

import json
import string
import time
from typing import NamedTuple

from odoo.addons.trade_core.connectors.rest import trace_headers
from odoo.addons.trade_kernel import events

from .wires import Letter

STRUCTURED, BINARY = "structured", "binary"
#: what a routing key may be made of
PARTS = ("type", "aggregate", "partner", "company")
#: AMQP 0-9-1: a short string
KEY_BYTES = 255
#: CloudEvents, AMQP binding, section 3.1.3.1: what attributes are called in headers
PREFIX = "cloudEvents:"


class Envelope(NamedTuple):
    """What is known of a message besides its content.

    :ivar key: the same each time it is sent; consumers tell repetitions by it
    :ivar kind: document type, for a message that is no event
    """

    key: str
    kind: str
    trace_id: str
    content_type: str
    test: bool
    partner_id: int
    company_id: int


def check_template(template):
    """:raise ValueError: a routing key cannot be made of this; the text is what is wrong in it"""
    for _text, name, spec, conversion in string.Formatter().parse(template):
        if name is not None and (name not in PARTS or spec or conversion):
            raise ValueError(f"{{{name}}}")
    if len(template.encode()) > KEY_BYTES - 100:
        raise ValueError(template)


def letter(envelope, raw, template, mode):
    """
    :param bytes raw: the document; of an event, the JSON format of CloudEvents
    :param template: of the routing key, see :data:`PARTS`
    :param mode: of an event: one JSON text with everything, or its data, with the envelope in headers
    """
    event = json.loads(raw) if envelope.content_type == events.MEDIA_TYPE else None
    kind = event["type"] if event else envelope.kind
    words = kind.split(".")
    routing_key = template.format(
        type=kind,
        aggregate=words[1] if event and len(words) > 2 else kind,
        partner=envelope.partner_id,
        company=envelope.company_id,
    )
    headers = {**trace_headers(envelope.trace_id), **({"Trade-Mode": "test"} if envelope.test else {})}
    content_type = envelope.content_type
    if event and mode == BINARY:
        data = event.pop("data", None)
        content_type = event.pop("datacontenttype", "application/json")
        headers.update({f"{PREFIX}{name}": value for name, value in event.items()})
        raw = b"" if data is None else json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
    properties = {
        "message_id": envelope.key,
        "type": kind,
        "timestamp": int(time.time()),
        "app_id": "tradelane",
    }
    return Letter(routing_key, raw, content_type, headers, properties)
