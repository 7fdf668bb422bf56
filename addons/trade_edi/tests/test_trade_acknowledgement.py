import base64
from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.trade_core.models.trade_adapter import TradeAdapter
from odoo.addons.trade_core.pipeline import inbound, outbound
from odoo.addons.trade_core.tests.common import TradeCase
from odoo.addons.trade_kernel import codecs
from odoo.addons.trade_kernel.canonical import parse
from odoo.addons.trade_kernel.errors import ValidationFailed

THEM, US = "4012345000009", "4099999000006"


class EdifactCase(TradeCase):
    """A supplier over EDIFACT: orders and acknowledgements out, files of any kind in."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.trade_edifact_id = f"14:{US}"
        cls.env["trade.identifier"].create(
            {"trade_partner_id": cls.partner.id, "scheme": "edifact", "value": f"14:{THEM}"}
        )
        cls.box, cls.orders, cls.answers_out = cls.env["trade.route"].create(
            [
                {
                    "trade_partner_id": cls.partner.id,
                    "connector_id": cls.connector.id,
                    **vals,
                }
                for vals in (
                    {"direction": "in", "document_type": "interchange", "codec": "auto"},
                    {
                        "direction": "out",
                        "document_type": "order",
                        "codec": "edifact",
                        "ack_expected": "functional",
                        "ack_hours": 1,
                    },
                    {"direction": "out", "document_type": "acknowledgement", "codec": "edifact"},
                )
            ]
        )
        cls.acknowledgements_in = cls.env["trade.route"].create(
            {
                "trade_partner_id": cls.partner.id,
                "connector_id": cls.connector.id,
                "direction": "in",
                "document_type": "acknowledgement",
                "codec": "edifact",
            }
        )
        cls.env["product.supplierinfo"].create(
            {
                "partner_id": cls.partner.partner_id.id,
                "product_tmpl_id": cls.table.product_tmpl_id.id,
                "product_code": "TAB-1",
            }
        )

    @staticmethod
    def edifact(*documents, sender=THEM, **options):
        """A file of theirs."""
        said = {
            "sender": {"id": sender, "qualifier": "14"},
            "receiver": {"id": US, "qualifier": "14"},
            "interchange_reference": "77",
            **options,
        }
        return codecs.get("edifact").encode([parse(document) for document in documents], said)

    @staticmethod
    def answer(order="P1", **changes):
        return {
            "document_type": "order_response",
            "id": f"R-{order}",
            "issue_date": "2026-03-02",
            "order_response_code": "CA",
            "document_currency_code": "EUR",
            "order_reference": {"id": order},
            "order_lines": [
                {
                    "id": "1",
                    "order_line_reference": {"line_id": "1"},
                    "line_status_code": "3",
                    "quantity": {"value": "4", "unit_code": "C62"},
                    "item": {"sellers_item_identification": {"id": "TAB-1"}},
                }
            ],
            **changes,
        }

    def outgoing(self, kind):
        return self.env["trade.message"].search(
            [
                ("direction", "=", "out"),
                ("document_type", "=", kind),
                ("trade_partner_id", "=", self.partner.id),
            ]
        )

    def sent_order(self):
        """An order of ours that has left and waits for its acknowledgement."""
        message = self.env["trade.message"]._queue(self.orders, self.partner, document_number="P1")
        document = parse(self.order())
        raw = codecs.get(message.codec).encode([document], message._write_options())
        message.write({"payload": base64.b64encode(raw), "canonical": document.as_dict()})
        message._set_state("sent", ack_deadline="2026-03-02 00:00:00")
        return message

    @staticmethod
    def order():
        """An order of two lines."""
        return {
            "document_type": "order",
            "id": "P1",
            "issue_date": "2026-03-01",
            "document_currency_code": "EUR",
            "buyer_customer_party": {"party_name": "Us"},
            "seller_supplier_party": {"party_name": "Them"},
            "order_lines": [
                {
                    "id": str(number),
                    "quantity": {"value": "10", "unit_code": "C62"},
                    "item": {"name": f"Table {number}", "sellers_item_identification": {"id": "TAB-1"}},
                }
                for number in (1, 2)
            ],
        }

    def acknowledgement(self, message, action, errors=()):
        """Their CONTRL to a file of ours."""
        return self.edifact(
            {
                "document_type": "acknowledgement",
                "id": "C1",
                "issue_date": "2026-03-02",
                "issue_time": "10:00:00Z",
                "level": "syntax",
                "response_code": action,
                "interchange_reference": message.interchange_reference,
                "sender_party": {"party_identification": [{"id": THEM, "scheme_id": "0088"}]},
                "receiver_party": {"party_identification": [{"id": US, "scheme_id": "0088"}]},
                "responses": [
                    {
                        "control_reference": message.message_reference,
                        "document_type_code": "ORDERS",
                        "response_code": action,
                        "errors": list(errors),
                    }
                ],
            }
        )


@tagged("post_install", "-at_install")
class TestTradeAcknowledgement(EdifactCase):
    def test_a_file_of_theirs_is_split_applied_and_acknowledged_once(self):
        raw = self.edifact(self.answer("P1"), self.answer("P2"))
        [box] = self.arrive(raw, route=self.box)
        self.assertEqual((box.state, len(box.child_ids)), ("applied", 2), box.state_reason)
        self.run_ready()
        self.assertEqual((self.applied("P1"), self.applied("P2")), (1, 1))
        [answer] = self.outgoing("acknowledgement")
        self.assertEqual(answer.envelope["interchange_reference"], "77")
        box._was_read(codecs.get("edifact"), box._parts_of())
        self.assertEqual(self.outgoing("acknowledgement"), answer, "read again, it is not acknowledged again")

    def test_the_acknowledgement_says_what_could_be_read_and_goes_back_as_the_file_came(self):
        raw = self.edifact(self.answer("P1")).replace(b"QTY+113", b"QTY+113:x+")
        [box] = self.arrive(raw, route=self.box)
        [answer] = self.outgoing("acknowledgement")
        answer.route_id.ack_expected = "transport"
        with self.real_adapters():
            outbound.prepare(answer)
        self.assertEqual(answer.state, "queued", answer.state_reason)
        [part] = codecs.get("edifact").decode(answer._raw())
        self.assertEqual(part.envelope["message_type"], "CONTRL")
        self.assertEqual(part.envelope["receiver"]["id"], THEM)
        self.assertEqual(part.document.interchange_reference, "77")
        self.assertEqual(answer.interchange_reference, part.envelope["interchange_reference"])
        self.assertTrue(box)

    def test_a_file_from_nobody_known_is_one_problem_and_saying_who_it_is_heals_it(self):
        boxes = [
            self.arrive(
                self.edifact(self.answer(order), sender="4000000000006", interchange_reference=order),
                route=self.box,
            )
            for order in ("P1", "P2")
        ]
        self.assertEqual({box.state for box in boxes}, {"held"})
        problem = boxes[0].exception_id
        self.assertEqual((problem, problem.code), (boxes[1].exception_id, "file.sender_unknown"))
        action = problem.with_user(self.manager)._fix_action()
        wizard = self.env["trade.file.sender"].with_user(self.manager).browse(action["res_id"])
        self.assertEqual(wizard.waiting_count, 2)
        wizard.trade_partner_id = self.partner
        wizard.action_apply()
        self.run_ready()
        self.assertEqual({box.state for box in boxes}, {"applied"})
        self.run_ready()
        self.assertEqual((self.applied("P1"), self.applied("P2")), (1, 1))

    def test_companies_that_share_a_mailbox_get_what_is_sent_to_their_id(self):
        other = self.env["res.company"].create(
            {"name": "Our other company", "trade_edifact_id": "14:4088888000004"}
        )
        partner, _connector, route = self._make_supplier("Wood Corner abroad", company=other)
        route.codec = "edifact"
        self.env["trade.identifier"].create(
            {"trade_partner_id": partner.id, "scheme": "edifact", "value": f"14:{THEM}"}
        )
        receiver = {"id": "4088888000004", "qualifier": "14"}
        [box] = self.arrive(self.edifact(self.answer("P1"), receiver=receiver), route=self.box)
        self.assertEqual(box.state, "applied", box.state_reason)
        self.assertEqual(box.child_ids.trade_partner_id, partner)
        self.assertEqual(box.child_ids.company_id, other)
        [unknown] = self.arrive(
            self.edifact(self.answer("P2"), receiver={"id": "5", "qualifier": "14"}), route=self.box
        )
        self.assertEqual(unknown.child_ids.company_id, self.company)

    def test_their_acknowledgement_closes_the_order(self):
        message = self.sent_order()
        with self.real_adapters():
            [box] = self.arrive(self.acknowledgement(message, "accepted"), route=self.box)
            self.run_ready()
        self.assertEqual(box.child_ids.state, "applied", box.child_ids.state_reason)
        self.assertEqual(message.state, "acknowledged")
        self.assertFalse(self.outgoing("acknowledgement"), "an acknowledgement is not acknowledged")

    def test_that_a_file_arrived_does_not_say_that_it_could_be_read(self):
        message = self.sent_order()
        with self.real_adapters():
            [box] = self.arrive(self.acknowledgement(message, "received"), route=self.box)
            self.run_ready()
        self.assertEqual(box.child_ids.state, "applied", box.child_ids.state_reason)
        self.assertEqual(message.state, "sent")
        self.assertTrue(message.receipt_at)

    def test_their_refusal_opens_the_order_again_with_the_reason_at_our_line(self):
        message = self.sent_order()
        lines = [line for line in message._raw().decode("latin-1").replace("\n", "").split("'")]
        first = next(n for n, line in enumerate(lines) if line.startswith("UNH"))
        second = [n for n, line in enumerate(lines) if line.startswith("LIN")][1]
        errors = [{"code": "12", "segment_position": str(second - first + 1), "element_position": "3"}]
        with self.real_adapters():
            self.arrive(self.acknowledgement(message, "rejected", errors), route=self.box)
            self.run_ready()
        self.assertEqual(message.state, "held")
        self.assertIn("line 2 (Table 2)", message.state_reason)
        self.assertEqual(message.exception_id.code, "edi.rejected")

    def test_an_acknowledgement_of_nothing_of_ours_is_a_problem(self):
        message = self.sent_order()
        message.interchange_reference = "4711"
        raw = self.acknowledgement(message, "accepted")
        message.interchange_reference = "1"
        with self.real_adapters():
            [box] = self.arrive(raw, route=self.box)
            self.run_ready()
        self.assertEqual(box.child_ids.state, "held")
        self.assertEqual(box.child_ids.exception_id.code, "edi.unmatched")
        self.assertEqual(message.state, "sent")

    def test_no_acknowledgement_in_time_is_a_problem(self):
        message = self.sent_order()
        self.as_job("trade.message", "_cron_silence")
        self.assertEqual(message.exception_id.exception_class, "silence")

    def test_what_only_its_sender_can_correct_is_told_with_an_aperak(self):
        wrong = self.answer("P1")
        wrong["order_lines"].append({**wrong["order_lines"][0], "id": "2", "line_status_code": "3"})
        [box] = self.arrive(self.edifact(wrong), route=self.box)
        [child] = box.child_ids
        inbound._decode(child)
        child._set_state("held", "wrong", document_number="R-P1")
        child._held_with(
            ValidationFailed("quantity.zero", pointer="/order_lines/1/quantity", field="quantity")
        )
        child._held_with(
            ValidationFailed("quantity.zero", pointer="/order_lines/1/quantity", field="quantity")
        )
        answers = self.outgoing("acknowledgement").filtered(
            lambda one: one.envelope["level"] == "application"
        )
        self.assertEqual(len(answers), 1, "told once")
        with self.real_adapters():
            outbound.prepare(answers)
        self.assertEqual(answers.state, "queued", answers.state_reason)
        [part] = codecs.get("edifact").decode(answers._raw())
        self.assertEqual(part.envelope["message_type"], "APERAK")
        self.assertIn("zero", str(part.document))

    def test_an_x12_partner_gets_a_997_per_group_and_its_997_closes_what_it_is_about(self):
        self.company.trade_x12_id = "ZZ:US"
        self.env["trade.identifier"].create(
            {"trade_partner_id": self.partner.id, "scheme": "x12", "value": "ZZ:THEM"}
        )
        self.answers_out.codec = "x12"
        order = {**self.order(), "id": "PO-9"}
        options = {
            "sender": {"id": "THEM", "qualifier": "ZZ"},
            "receiver": {"id": "US", "qualifier": "ZZ"},
            "interchange_reference": "41",
            "group_reference": "42",
        }
        raw = codecs.get("x12").encode([parse(order)], options)
        [box] = self.arrive(raw, route=self.box)
        [answer] = self.outgoing("acknowledgement")
        with self.real_adapters():
            outbound.prepare(answer)
        self.assertEqual(answer.state, "queued", answer.state_reason)
        [part] = codecs.get("x12").decode(answer._raw())
        self.assertEqual(part.envelope["message_type"], "997")
        self.assertEqual((part.document.group_reference, part.document.response_code), ("42", "accepted"))
        self.assertEqual(box.state, "held", "there is no route for orders of theirs")
        self.orders.codec = "x12"
        message = self.sent_order()
        reply = {
            "document_type": "acknowledgement",
            "id": "1",
            "issue_date": "2026-03-02",
            "level": "syntax",
            "response_code": "accepted",
            "functional_identifier": "PO",
            "group_reference": message.group_reference,
            "responses": [
                {
                    "control_reference": message.message_reference,
                    "document_type_code": "850",
                    "response_code": "accepted",
                }
            ],
        }
        self.acknowledgements_in.codec = "x12"
        raw = codecs.get("x12").encode([parse(reply)], {**options, "interchange_reference": "43"})
        with self.real_adapters():
            [box] = self.arrive(raw, route=self.box)
            self.run_ready()
        self.assertEqual(box.child_ids.state, "applied", box.child_ids.state_reason or box.state_reason)
        self.assertEqual(message.state, "acknowledged")

    def test_a_ubl_partner_gets_an_application_response_and_its_refusal_opens_the_order_again(self):
        ubl = codecs.get("ubl")
        self.answers_out.codec = self.route.codec = self.orders.codec = "ubl"
        raw = ubl.encode([parse(self.answer("P1"))]).replace(
            b"<cbc:IssueDate>2026-03-02", b"<cbc:IssueDate>soon"
        )
        [wrong] = self.arrive(raw)
        self.assertEqual(wrong.state, "held")
        [answer] = self.outgoing("acknowledgement")
        with self.real_adapters():
            outbound.prepare(answer)
        self.assertEqual(answer.state, "queued", answer.state_reason)
        [part] = ubl.decode(answer._raw())
        [response] = part.document.responses
        self.assertEqual((part.envelope["root"], response.document_id), ("ApplicationResponse", "R-P1"))
        self.assertIn("cbc:IssueDate", response.errors[0].text)
        message = self.sent_order()
        refusal = {
            "document_type": "acknowledgement",
            "id": "A-1",
            "issue_date": "2026-03-02",
            "level": "application",
            "response_code": "rejected",
            "responses": [
                {
                    "document_id": message.document_number,
                    "response_code": "rejected",
                    "errors": [{"line_id": "2", "text": "We do not sell it any more"}],
                }
            ],
        }
        self.acknowledgements_in.codec = "ubl"
        with self.real_adapters():
            [told] = self.arrive(ubl.encode([parse(refusal)]), route=self.acknowledgements_in)
        self.assertEqual(told.state, "applied", told.state_reason)
        self.assertEqual(message.state, "held")
        self.assertIn("line 2 (Table 2): We do not sell it any more", message.state_reason)

    def real_adapters(self):
        """The adapters of this addon, instead of the book of orders the base case puts in their place."""
        stand_in = TradeAdapter._for

        def chosen(adapters, direction, document_type):
            name = f"trade.adapter.{direction}.{document_type}"
            return self.env[name] if name in self.env else stand_in(adapters, direction, document_type)

        return patch.object(TradeAdapter, "_for", chosen)
