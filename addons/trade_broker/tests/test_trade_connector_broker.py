from unittest.mock import patch

from cryptography.fernet import Fernet
from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import Form, TransactionCase, tagged

from odoo.addons.trade_core.connectors.keyring import ENVIRONMENT_VARIABLE
from odoo.addons.trade_kernel.errors import TradeError

from ..wire import line, wires
from ..wire.pool import pool


@tagged("post_install", "-at_install")
class TestBroker(TransactionCase):
    """A broker is set up in words, told what happens, and its queues are stored before they are emptied.

    The broker is kombu's own, in memory; real ones are in the end-to-end tests.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(
            patch.dict("os.environ", {ENVIRONMENT_VARIABLE: Fernet.generate_key().decode()})
        )
        cls.startClassPatcher(patch.dict(line.SCHEMES, {"memory": (line.OTHER, "memory", False)}))
        contact = cls.env["res.partner"].create({"name": "Data warehouse", "is_company": True})
        cls.system = cls.env["trade.partner"].create(
            {"partner_id": contact.id, "state": "live", "is_internal": True}
        )
        cls.connector = cls.env["trade.connector"].create(
            {
                "name": "Bus",
                "trade_partner_id": cls.system.id,
                "transport": "broker",
                "base_url": "memory://here",
                "broker_queue": "kept",
            }
        )
        cls.route = cls.env["trade.route"].create(
            {
                "trade_partner_id": cls.system.id,
                "direction": "in",
                "document_type": "order_response",
                "connector_id": cls.connector.id,
                "endpoint": "kept",
                "poll": True,
            }
        )

    def setUp(self):
        super().setUp()
        self.wire = wires.Wire(self.connector._broker_line())
        self.addCleanup(self.wire.close)
        self.wire._declare_queue("kept")
        self.wire.channel.queue_purge("kept")
        self.addCleanup(pool.__init__)

    def _put(self, body, **properties):
        target = self.connector._broker_target()
        self.wire.publish(target, wires.Letter("any", body, "text/plain", {}, properties))

    def _poll(self):
        poll = self.connector._trade_poll(self.route)()
        self.route._poll_record(poll, fields.Datetime.now())
        poll.done()
        return poll

    def _messages(self):
        return self.env["trade.message"].search([("route_id", "=", self.route.id)], order="id")

    # -- setting up ----------------------------------------------------------------------------

    def test_an_address_with_a_password_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "under Credentials"):
            self.connector.base_url = "amqp://me:secret@broker.example.com"

    def test_other_connectors_keep_their_addresses(self):
        with self.assertRaisesRegex(ValidationError, "https://"):
            self.connector.create({"name": "Web", "transport": "rest", "base_url": "amqp://broker"})

    def test_only_a_password_or_nothing(self):
        with self.assertRaisesRegex(ValidationError, "user name and a password"):
            self.connector.auth_method = "hmac"

    def test_a_routing_key_says_what_it_may_hold(self):
        with self.assertRaisesRegex(ValidationError, r"\{number\} cannot be part.*\{aggregate\}"):
            self.connector.broker_routing_key = "x.{number}"

    def test_an_exchange_that_would_lose_messages_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "lost when nobody listens"):
            self.connector.broker_exchange_type = "fanout"
        self.connector.base_url = "amqps://broker.example.com"
        self.connector.broker_exchange_type = "fanout"

    def test_a_missing_password_is_said_before_anything_is_sent(self):
        self.connector.auth_method = "basic"
        with self.assertRaises(TradeError) as caught:
            self.connector._check_ready()
        self.assertEqual(caught.exception.code, "credential.missing")
        self.connector.credential_ids = [(0, 0, {"kind": "basic", "login": "me", "secret": "geheim"})]
        self.connector._check_ready()
        self.assertEqual(self.connector._broker_line().password, "geheim")

    def test_a_new_one_from_its_template_waits_until_it_was_tested(self):
        form = Form(self.env["trade.connector.new"])
        form.template = "broker_rabbitmq"
        form.trade_partner_id = self.system
        form.base_url = "amqps://broker.example.com/trade"
        action = form.save().action_create()
        connector = self.env["trade.connector"].browse(action["res_id"])
        self.assertTrue(connector.paused)
        self.assertEqual(connector.base_url, "amqps://broker.example.com/trade")
        self.assertEqual(connector.credential_ids.kind, "basic")
        self.assertFalse(self.env["trade.route"].search([("connector_id", "=", connector.id)]))

    # -- out -----------------------------------------------------------------------------------

    def test_an_event_is_published_once_for_each_subscription(self):
        kind = self.env["trade.event.type"].search([("name", "=", "tradelane.partner.suspended.v1")])
        subscription = self.env["trade.subscription"].create(
            {
                "name": "All",
                "trade_partner_id": self.system.id,
                "connector_id": self.connector.id,
                "event_type_ids": [(6, 0, kind.ids)],
                "broker_routing_key": "mine.{aggregate}",
            }
        )
        event = self.env["trade.event"]._emit(kind.name, self.system, data={
            "name": "Data warehouse", "state": "suspended", "roles": [],
        })  # fmt: skip
        messages = subscription._enqueue(event)
        [(message, call)] = self.connector._trade_sends(messages)
        self.assertEqual(call().outcome, "ok")
        [taken] = self.wire.take("kept", 10, 1000)
        self.assertEqual(taken.body, message._raw())
        self.assertEqual(taken.properties["message_id"], event.uid)
        self.assertEqual(taken.properties["delivery_info"]["routing_key"], "mine.partner")

    def test_what_no_queue_takes_is_refused_in_words(self):
        self.connector.write({"broker_queue": False, "broker_exchange": "unheard"})
        target = self.connector._broker_target()
        with self.assertRaises(wires.Unroutable):
            self.wire.publish(target, wires.Letter("any", b"", "text/plain", {}, {}))

    # -- in ------------------------------------------------------------------------------------

    def test_messages_are_stored_and_then_leave_the_queue(self):
        self._put(b"one", message_id="1")
        self._put(b"two", message_id="2")
        poll = self.connector._trade_poll(self.route)()
        self.assertEqual([document.key for document in poll.documents], ["1", "2"])
        del poll  # the worker fails before it could store them
        self._poll()
        self.assertEqual({message._raw() for message in self._messages()}, {b"one", b"two"})
        self.assertEqual(self.wire.take("kept", 10, 1000), [])

    def test_delivered_again_is_the_same_message(self):
        for _time in range(2):
            self._put(b"one", message_id="1")
            self._poll()
        self.assertEqual(len(self._messages()), 1)

    def test_another_content_under_the_same_name_is_kept_for_a_person(self):
        self._put(b"one", message_id="1")
        self._put(b"other", message_id="1")
        self._poll()
        first, other = self._messages()
        self.assertEqual((first.state, other.state), ("received", "held"))
        self.assertEqual(other._raw(), b"other")
        self.assertEqual(other.exception_id.code, "poll.conflict")

    def test_an_empty_queue_leaves_no_line_among_the_calls(self):
        poll = self._poll()
        self.assertFalse(poll.more)
        self.assertFalse(self.env["trade.attempt"].search([("connector_id", "=", self.connector.id)]))
        wait = self.route.poll_next - fields.Datetime.now()
        self.assertLessEqual(wait.total_seconds(), self.connector.broker_pause)

    def test_a_full_queue_is_read_without_a_pause(self):
        for number in range(101):
            self._put(b"%d" % number, message_id=str(number))
        self.assertTrue(self._poll().more)
        self.assertLessEqual(self.route.poll_next, fields.Datetime.now())
        self.assertFalse(self._poll().more)
        self.assertEqual(len(self._messages()), 101)

    def test_a_route_without_a_queue_says_so(self):
        self.route.endpoint = False
        with self.assertRaises(TradeError) as caught:
            self.connector._trade_poll(self.route)
        self.assertEqual(caught.exception.code, "broker.queue_missing")
