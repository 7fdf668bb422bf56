import base64
from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from .common import DespatchCase

FILE = base64.b64encode(b"%PDF-1.4 certificate")


@tagged("post_install", "-at_install")
class TestCertificates(DespatchCase):
    """Goods that need certificates are received with them, or somebody says why without."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.vendor.email = "quality@wood-corner.example"
        cls.worker = new_test_user(cls.env, "trade_worker", "stock.group_stock_user")
        cls.manager = new_test_user(cls.env, "trade_stock_manager", "stock.group_stock_manager")
        cls.analysis = cls.env.ref("trade_purchase_stock.certificate_type_analysis")
        cls.conformity = cls.env.ref("trade_purchase_stock.certificate_type_conformity")
        cls.Certificate = cls.env["trade.certificate"]
        cls.today = fields.Date.today()
        cls.category = cls.env["product.category"].create({"name": "Food"})
        cls.sub_category = cls.env["product.category"].create({"name": "Flour", "parent_id": cls.category.id})
        cls.desk.tracking = "lot"

    def require(self, **vals):
        return self.env["trade.certificate.requirement"].create(
            {"type_id": self.analysis.id, "product_tmpl_id": self.desk.product_tmpl_id.id, **vals}
        )

    def certificate(self, verify=True, **vals):
        paper = self.Certificate.create(
            {
                "type_id": self.analysis.id,
                "partner_id": self.vendor.id,
                "product_id": self.desk.id,
                "document": FILE,
                **vals,
            }
        )
        if verify:
            paper.action_verify()
        return paper

    def receipt(self, *lots, product=None, order=None):
        """A receipt of 10 desks, ready to be validated."""
        picking = (order or self.make_order((product or self.desk, 10, 100.0))).picking_ids
        move = picking.move_ids
        if lots:
            move.move_line_ids.unlink()
            each = 10 / len(lots)
            move.move_line_ids = [
                Command.create({"product_id": move.product_id.id, "lot_name": lot, "quantity": each})
                for lot in lots
            ]
        move.picked = True
        return picking

    def missing(self, picking):
        return [
            (need.requirement.type_id.name, need.product.name, need.lot)
            for need in picking._certificates_missing()
        ]

    def assertBlocked(self, picking):
        """:return: the dialog that is shown instead"""
        action = picking.with_user(self.worker).button_validate()
        self.assertEqual(action["res_model"], "trade.certificate.missing")
        self.assertNotEqual(picking.state, "done")
        with self.assertRaisesRegex(UserError, "cannot be received without"):
            picking._action_done()
        return self.env["trade.certificate.missing"].browse(action["res_id"])

    def assertReceived(self, picking, user=None):
        result = picking.with_user(user or self.worker).button_validate()
        self.assertEqual(picking.state, "done", result)

    # -- what is needed ----------------------------------------------------------------------------

    def test_nothing_is_required_nothing_is_asked(self):
        self.assertReceived(self.receipt("L-1"))

    def test_each_lot_needs_its_own(self):
        self.require(scope="lot")
        picking = self.receipt("L-1", "L-2")
        self.certificate(lot_name="L-1")
        self.assertEqual(self.missing(picking), [("Certificate of analysis", "Desk", "L-2")])
        self.assertEqual((picking.trade_certificate_count, picking.trade_certificate_missing), (2, 1))
        self.assertBlocked(picking)
        self.certificate()
        self.assertEqual(len(self.missing(picking)), 1, "one of the product is none of the lot")
        self.certificate(lot_name="L-2")
        self.env.invalidate_all()
        self.assertReceived(picking)
        lots = self.env["stock.lot"].search([("product_id", "=", self.desk.id)])
        self.assertEqual(lots.mapped("trade_certificate_count"), [1, 1])

    def test_one_of_the_product_is_for_all_its_lots(self):
        self.require(scope="product")
        picking = self.receipt("L-1", "L-2")
        self.assertEqual(self.missing(picking), [("Certificate of analysis", "Desk", "")])
        self.certificate()
        self.assertReceived(picking)

    def test_category_and_vendor(self):
        self.require(product_tmpl_id=False, categ_id=self.category.id)
        self.require(product_tmpl_id=False, partner_id=self.vendor.id, type_id=self.conformity.id)
        self.shelf.categ_id = self.sub_category
        other = self.env["res.partner"].create({"name": "Ready Mat", "is_company": True})
        picking = self.receipt(product=self.shelf)
        self.assertEqual(
            self.missing(picking),
            [("Certificate of analysis", "Shelf", ""), ("Certificate of conformity", "Shelf", "")],
        )
        self.certificate(type_id=self.conformity.id, product_id=False)
        self.assertEqual(self.missing(picking), [("Certificate of analysis", "Shelf", "")])
        self.certificate(product_id=self.shelf.id, partner_id=other.id)
        self.assertEqual(len(self.missing(picking)), 1, "another vendor's says nothing")
        stool = self.receipt(order=self.make_order((self.stool, 1, 1.0), partner_id=other.id))
        self.assertFalse(self.missing(stool))

    def test_certificate_of_a_contact_is_the_companys(self):
        self.require()
        contact = self.env["res.partner"].create({"name": "Ann", "parent_id": self.vendor.id})
        paper = self.certificate(partner_id=contact.id)
        self.assertEqual(paper.partner_id, self.vendor)
        self.assertReceived(self.receipt("L-1"))

    def test_requirement_is_about_something(self):
        with self.assertRaises(ValidationError):
            self.require(product_tmpl_id=False)

    def test_what_has_ended_has_not_begun_or_is_not_verified_does_not_count(self):
        self.require()
        picking = self.receipt("L-1")
        paper = self.certificate(verify=False)
        self.assertTrue(self.missing(picking), "it was not verified")
        paper.action_verify()
        self.assertFalse(self.missing(picking))
        paper.valid_from = self.today + timedelta(days=1)
        self.assertEqual(paper.state, "received", "what was verified is another thing now")
        paper.action_verify()
        self.assertTrue(self.missing(picking), "it begins tomorrow")
        paper.write({"valid_from": False, "valid_to": self.today - timedelta(days=1)})
        with self.assertRaises(UserError):
            paper.action_verify()
        self.assertTrue(self.missing(picking))

    def test_received_is_enough_where_nobody_verifies(self):
        self.require(must_be_verified=False)
        self.certificate(verify=False)
        self.assertReceived(self.receipt("L-1"))

    # -- blocked -----------------------------------------------------------------------------------

    def test_manager_may_receive_without_and_says_why(self):
        self.require()
        picking = self.receipt("L-1")
        dialog = self.assertBlocked(picking)
        self.assertEqual(dialog.line_ids.what, "Not asked for yet")
        dialog.reason = "Quality has seen it"
        with self.assertRaises(AccessError):
            dialog.with_user(self.worker).action_receive_without()
        dialog.reason = False
        with self.assertRaises(UserError):
            dialog.with_user(self.manager).action_receive_without()
        dialog.reason = "Quality has seen it"
        dialog.with_user(self.manager).action_receive_without()
        self.assertEqual(picking.state, "done")
        note = picking.message_ids.filtered(lambda one: "Quality has seen it" in one.body)
        self.assertEqual(note.author_id, self.manager.partner_id)
        self.assertIn("Certificate of analysis", note.body)

    def test_decision_counts_for_what_was_shown(self):
        self.require()
        picking = self.receipt("L-1")
        dialog = self.assertBlocked(picking)
        dialog.reason = "It is fine"
        self.require(type_id=self.conformity.id)
        with self.assertRaisesRegex(UserError, "Other certificates are missing"):
            dialog.with_user(self.manager).action_receive_without()
        self.assertNotEqual(picking.state, "done")

    def test_warning_does_not_block(self):
        self.require(is_blocking=False)
        picking = self.receipt("L-1")
        self.assertReceived(picking)
        self.assertIn("Received without certificates", picking.activity_ids.summary)
        self.assertIn("Certificate of analysis", picking.activity_ids.note)

    def test_strictest_rule_counts(self):
        self.require(is_blocking=False)
        self.require(is_blocking=True, product_tmpl_id=False, partner_id=self.vendor.id)
        self.assertBlocked(self.receipt("L-1"))

    def test_goods_that_go_out_and_other_companies_are_not_asked(self):
        self.require()
        other = self.env["res.company"].create({"name": "Other"})
        self.env["trade.certificate.requirement"].create(
            {
                "type_id": self.conformity.id,
                "partner_id": self.vendor.id,
                "company_id": other.id,
            }
        )
        picking = self.receipt("L-1")
        self.assertEqual(self.missing(picking), [("Certificate of analysis", "Desk", "")])
        picking.picking_type_id = self.env["stock.picking.type"].search(
            [("code", "=", "outgoing"), ("company_id", "=", self.env.company.id)], limit=1
        )
        self.assertFalse(picking._certificate_needs())

    # -- asking ------------------------------------------------------------------------------------

    def test_one_mail_with_all_that_is_missing(self):
        self.require(scope="lot")
        self.require(type_id=self.conformity.id)
        picking = self.receipt("L-1", "L-2")
        dialog = self.assertBlocked(picking)
        dialog.with_user(self.worker).action_request()
        papers = self.Certificate.search([("picking_id", "=", picking.id)])
        self.assertEqual(sorted(papers.mapped(lambda one: one.lot_name or "")), ["", "L-1", "L-2"])
        self.assertEqual(set(papers.mapped("state")), {"requested"})
        self.assertEqual(papers.requested_by_id, self.worker)
        mails = self.env["mail.mail"].search(
            [("model", "=", "trade.certificate"), ("res_id", "in", papers.ids)]
        )
        self.assertEqual(len(mails), 1)
        self.assertEqual(mails.recipient_ids, self.vendor)
        for word in ("L-1", "L-2", "Certificate of conformity", picking.name):
            self.assertIn(word, mails.body_html)
        self.assertBlocked(picking).with_user(self.worker).action_request()
        self.assertEqual(self.Certificate.search_count([("picking_id", "=", picking.id)]), 3, "asked again")

    def test_what_waits_for_us_is_not_asked_for(self):
        self.require()
        self.certificate(verify=False)
        dialog = self.assertBlocked(self.receipt("L-1"))
        self.assertEqual(dialog.line_ids.what, "Received, not verified")
        with self.assertRaisesRegex(UserError, "verify them"):
            dialog.with_user(self.worker).action_request()

    def test_supplier_without_address_is_asked_another_way(self):
        self.vendor.email = False
        self.require()
        picking = self.receipt("L-1")
        self.assertBlocked(picking).with_user(self.worker).action_request()
        [paper] = self.Certificate.search([("picking_id", "=", picking.id)])
        self.assertIn("no e-mail address", paper.activity_ids.summary)

    def test_file_that_is_attached_is_received_and_then_verified(self):
        paper = self.certificate(verify=False, document=False).with_user(self.worker)
        self.assertEqual(paper.state, "requested")
        with self.assertRaises(UserError):
            paper.action_verify()
        paper.document = FILE
        self.assertEqual(paper.state, "received")
        paper.action_verify()
        self.assertEqual((paper.state, paper.verified_by_id), ("verified", self.worker))

    def test_refused_one_is_asked_for_anew_with_the_reason(self):
        paper = self.certificate()
        action = paper.with_user(self.worker).action_reject()
        wizard = self.env[action["res_model"]].with_user(self.worker).with_context(**action["context"])
        wizard.create({"reason": "No signature"}).action_reject()
        self.assertEqual((paper.state, paper.reason), ("rejected", "No signature"))
        paper.with_user(self.worker).action_request()
        new = self.Certificate.search([("partner_id", "=", self.vendor.id), ("state", "=", "requested")])
        self.assertEqual((new.type_id, new.product_id), (self.analysis, self.desk))
        self.assertFalse(new.document)

    def test_nobody_sets_the_status_by_hand(self):
        paper = self.certificate(verify=False)
        with self.assertRaises(AccessError):
            paper.with_user(self.worker).write({"state": "verified"})
        with self.assertRaises(AccessError):
            self.Certificate.with_user(self.worker).create(
                {"type_id": self.analysis.id, "partner_id": self.vendor.id, "state": "verified"}
            )

    # -- coming with a document --------------------------------------------------------------------

    def reference(self, number="COA-1", code="1", **more):
        return {
            "id": number,
            "document_type_code": code,
            "issue_date": "2026-01-05",
            "attachment": {"filename": "coa.pdf", "mime_code": "application/pdf", "content": FILE.decode()},
            **more,
        }

    def item(self, *lots):
        return {
            "sellers_item_identification": {"id": "WC-1"},
            "item_instance": [{"lot_number_id": lot} for lot in lots],
        }

    def test_file_of_an_answer_fills_the_request(self):
        self.require(scope="lot")
        order = self.make_order()
        picking = self.receipt("L-7", order=order)
        self.assertBlocked(picking).with_user(self.worker).action_request()
        [paper] = self.Certificate.search([("picking_id", "=", picking.id)])
        said = self.answer(
            order,
            self.line(1, item=self.item("L-7")),
            additional_document_reference=[
                self.reference(line_id="1"),
                self.reference("DRAW-1", code="drawing"),
                self.reference("COA-2", attachment=None),
            ],
        )
        [message] = self.process(said)
        self.assertApplied(message)
        self.assertEqual((paper.state, paper.name, paper.filename), ("received", "COA-1", "coa.pdf"))
        self.assertEqual((paper.message_id, paper.document), (message, FILE))
        self.assertEqual(self.Certificate.search_count([("partner_id", "=", self.vendor.id)]), 1)
        paper.with_user(self.worker).action_verify()
        self.assertReceived(picking)

    def test_file_nobody_asked_for_is_kept_and_not_twice(self):
        order = self.make_order()
        for revision in (0, 1):
            said = self.answer(
                order,
                self.line(1, item=self.item("L-1", "L-2")),
                number="AB-1",
                sequence_number=revision,
                issued=f"2031-01-0{5 + revision}",
                additional_document_reference=[
                    self.reference(code="CoA", line_id="1"),
                    self.reference("ISO-1", code="certificate of conformity"),
                ],
            )
            [message] = self.process(said)
            self.assertApplied(message)
        papers = self.Certificate.search([("partner_id", "=", self.vendor.id)])
        self.assertEqual(
            sorted((one.name, one.product_id.name or "", one.lot_name or "") for one in papers),
            [("COA-1", "Desk", "L-1"), ("COA-1", "Desk", "L-2"), ("ISO-1", "", "")],
        )
        self.assertEqual(set(papers.mapped("state")), {"received"})

    def test_other_file_under_the_number_of_a_verified_one_is_looked_at_again(self):
        paper = self.certificate(name="COA-1")
        order = self.make_order()
        changed = self.reference(line_id="1")
        changed["attachment"]["content"] = base64.b64encode(b"another").decode()
        self.process(
            self.answer(order, self.line(1, item=self.item()), additional_document_reference=[changed])
        )
        papers = self.Certificate.search([("partner_id", "=", self.vendor.id)])
        self.assertEqual(sorted(papers.mapped("state")), ["received", "verified"])
        self.assertEqual(paper.document, FILE, "what was verified stays as it was")

    def test_files_of_a_despatch_advice_are_those_of_its_batches(self):
        self.require(scope="lot")
        order = self.make_order()
        batches = [
            {"lot_number_id": lot, "quantity": {"value": "5", "unit_code": "C62"}} for lot in ("L-1", "L-2")
        ]
        despatch = self.announced(
            self.advice(
                "D-1",
                self.goods(1, 10, ref=1, batches=batches),
                order=order,
                additional_document_reference=[self.reference(line_id="1")],
            )
        )
        papers = self.Certificate.search([("partner_id", "=", self.vendor.id)])
        self.assertEqual(sorted(papers.mapped("lot_name")), ["L-1", "L-2"])
        picking = despatch.picking_ids
        self.assertEqual(picking.trade_certificate_missing, 2, "nobody has looked at them yet")
        papers.with_user(self.worker).action_verify()
        self.env.invalidate_all()
        self.assertEqual((picking.trade_certificate_count, picking.trade_certificate_missing), (2, 0))

    # -- time --------------------------------------------------------------------------------------

    def test_reminder_before_the_end_and_the_end(self):
        self.require(renew_days=20)
        soon = self.certificate(valid_to=self.today + timedelta(days=10), user_id=self.buyer.id)
        later = self.certificate(
            valid_to=self.today + timedelta(days=21), user_id=self.buyer.id, type_id=self.conformity.id
        )
        for _twice in range(2):
            self.Certificate._cron_certificates()
        self.assertEqual(len(soon.activity_ids), 1)
        self.assertEqual(
            (soon.activity_ids.user_id, soon.activity_ids.date_deadline), (self.buyer, soon.valid_to)
        )
        self.assertFalse(later.activity_ids, "nobody needs it")
        self.env.cr.execute(
            "UPDATE trade_certificate SET valid_to = %s WHERE id = %s", ["2020-01-01", soon.id]
        )
        self.env.invalidate_all()
        self.Certificate._cron_certificates()
        self.assertEqual(soon.state, "expired")
        self.assertEqual(self.missing(self.receipt("L-1")), [("Certificate of analysis", "Desk", "")])

    def test_no_reminder_where_the_next_one_is_there(self):
        self.require(renew_days=20)
        soon = self.certificate(valid_to=self.today + timedelta(days=10))
        self.certificate(valid_to=self.today + timedelta(days=400))
        self.Certificate._cron_certificates()
        self.assertFalse(soon.activity_ids)

    def test_companies_do_not_see_each_other(self):
        paper = self.certificate()
        other = self.env["res.company"].create({"name": "Other"})
        self.worker.write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        self.assertFalse(self.Certificate.with_user(self.worker).search([("id", "=", paper.id)]))
