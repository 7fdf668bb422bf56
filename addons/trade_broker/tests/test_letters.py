import json

from odoo.tests import BaseCase

from odoo.addons.trade_kernel import events

from ..wire import calls, letters, line, wires

EVENT = {
    "specversion": "1.0",
    "id": "0b0e",
    "type": "tradelane.order.confirmed.v1",
    "source": "/db/purchase.order",
    "time": "2026-03-02T16:00:00+00:00",
    "subject": "P0001",
    "datacontenttype": "application/json",
    "data": {"number": "P0001", "name": "Größe"},
}


def envelope(**values):
    known = {
        "key": "0b0e",
        "kind": "event",
        "trace_id": "a" * 32,
        "content_type": events.MEDIA_TYPE,
        "test": False,
        "partner_id": 7,
        "company_id": 1,
    }
    return letters.Envelope(**(known | values))


def written(event, mode=letters.STRUCTURED, template="{type}", **values):
    raw = json.dumps(event).encode()
    return raw, letters.letter(envelope(**values), raw, template, mode)


class TestLetters(BaseCase):
    """What a broker is given of a message, and how what it gives us is named."""

    def test_structured_is_the_text_that_was_stored(self):
        raw, letter = written(EVENT)
        self.assertEqual(letter.body, raw)
        self.assertEqual(letter.content_type, "application/cloudevents+json")
        self.assertEqual(letter.properties["message_id"], "0b0e")
        self.assertTrue(letter.headers["traceparent"].startswith(f"00-{'a' * 32}-"))

    def test_binary_is_the_data_with_the_envelope_in_headers(self):
        _raw, letter = written(EVENT, letters.BINARY)
        self.assertEqual(json.loads(letter.body), EVENT["data"])
        self.assertEqual(letter.content_type, "application/json")
        attributes = {
            name.removeprefix("cloudEvents:"): value
            for name, value in letter.headers.items()
            if name.startswith("cloudEvents:")
        }
        expected = {name: EVENT[name] for name in EVENT if name not in ("data", "datacontenttype")}
        self.assertEqual(attributes, expected)

    def test_binary_and_thin_has_no_content(self):
        thin = {name: EVENT[name] for name in EVENT if name not in ("data", "datacontenttype")}
        _raw, letter = written(thin, letters.BINARY)
        self.assertEqual(letter.body, b"")

    def test_the_routing_key_is_made_of_what_happened(self):
        _raw, letter = written(EVENT, template="acme.{aggregate}.{partner}.{company}")
        self.assertEqual(letter.routing_key, "acme.order.7.1")

    def test_a_document_goes_as_it_is(self):
        _raw, letter = written(
            {"id": 1}, letters.BINARY, kind="order", content_type="application/json", test=True
        )
        self.assertEqual((letter.routing_key, letter.body), ("order", b'{"id": 1}'))
        self.assertEqual(letter.headers["Trade-Mode"], "test")

    def test_a_routing_key_of_something_else_is_refused(self):
        for template in ("{number}", "{type.__class__}", "{type!r}", "{}", "x" * 200):
            with self.subTest(template), self.assertRaises(ValueError):
                letters.check_template(template)

    def test_what_was_taken_is_named_as_its_sender_named_it(self):
        def key(headers=None, **properties):
            taken = wires.Taken(b"[]", None, headers or {}, properties, None)
            return calls.fetched(taken).key

        self.assertEqual(key(message_id="a"), "a")
        self.assertEqual(key({"cloudEvents:id": "b"}), "b")
        self.assertEqual(key(), key(), "the same content is the same message")
        self.assertNotEqual(key(timestamp=1), key(timestamp=2))

    def test_what_others_put_into_redis_is_taken_as_it_is(self):
        for raw in (b'{"id": 1}', b"[1]", b"\xff\x00", b'{"properties": 5, "body": 1}', b"[" * 100_000):
            with self.subTest(raw[:20]):
                self.assertEqual(wires._unwrapped(raw), (raw, None, {}, {}))

    def test_an_address_says_where_and_nothing_else(self):
        self.assertEqual(line.split("amqps://b.example/")["virtual_host"], "/")
        self.assertEqual(line.split("amqp://b.example/%2Ftrade")["virtual_host"], "/trade")
        self.assertEqual(line.split("rediss://b.example")["port"], 6379)
        for address, wrong in {
            "https://b.example": "scheme",
            "memory://": "scheme",
            "filesystem://x": "scheme",
            "odoo.addons:x://b": "scheme",
            "amqp://": "host",
            "amqp://a b": "host",
            "amqp://b:port": "host",
            "amqp://me:secret@b.example": "user",
            "amqp://b.example?heartbeat=1": "query",
            "redis://b.example/trade": "database",
        }.items():
            with self.subTest(address), self.assertRaises(ValueError) as caught:
                line.split(address)
            self.assertEqual(caught.exception.args[0], wrong)

    def test_a_password_is_never_shown(self):
        secret = line.Line("amqp", "b", 1, "/", "me", "geheim&1")
        self.assertNotIn("geheim", repr(secret))
        self.assertEqual(secret.conceal("no: geheim&1!"), "no: ***!")
        self.assertIn("geheim%261", secret.url(), "it may hold what an address must not")
