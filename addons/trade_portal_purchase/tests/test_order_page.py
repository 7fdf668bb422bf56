from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError

from odoo.addons.trade_transport_mail.mail.calls import SendMail

from .common import OrderPageCase


class TestSending(OrderPageCase):
    """The order leaves as an e-mail with its page."""

    def test_the_template_sets_up_all_that_is_installed(self):
        routes = self.env["trade.route"].search([("connector_id", "=", self.pages.id)])
        kinds = {(route.direction, route.document_type) for route in routes}
        wanted = {("out", kind) for kind in ("order", "order_change", "order_cancellation")}
        wanted |= {
            ("in", kind)
            for kind in ("order_response", "despatch_advice", "invoice")
            if f"trade.adapter.in.{kind}" in self.env.registry
        }
        self.assertEqual(kinds, wanted)
        self.assertFalse(self.pages.paused)
        self.assertEqual(self.pages.health, "ok")

    def test_an_order_is_an_email(self):
        order = self.make_order()
        mail = self.send(order)
        self.assertEqual(mail["To"], "Wood Corner <sales@wood.example>")
        self.assertIn(order.name, mail["Subject"])
        self.assertEqual(mail["Reply-To"], order.user_id.email_formatted or order.company_id.email_formatted)
        body = mail.get_body(("html",)).get_content()
        self.assertIn("Please confirm it", body)
        self.assertIn("1,000.00", body)
        message = self.last_out(order)
        link = self.link(self.link_of(mail))
        self.assertEqual((message.portal_link_id, link._record()), (link, order))
        self.assertEqual(link.email, "sales@wood.example")
        self.assertEqual(order.trade_state, "received")

    def test_the_template_can_be_saved_and_previewed(self):
        """Odoo renders it for some order then, and refuses it when that fails."""
        template = self.env.ref("trade_portal_purchase.mail_template_order")
        template.body_html = template.body_html.replace("Hello", "Dear")
        order = self.make_order()
        self.assertIn("Dear", template._render_field("body_html", order.ids)[order.id])
        self.assertIn(order.name, template._render_field("subject", order.ids)[order.id])

    def test_the_worker_hands_it_to_the_mail_server(self):
        order = self.make_order()
        message = self.prepare(self.last_out(order))
        call = message.connector_id._trade_send(message)
        self.assertIsInstance(call, SendMail)
        session = type("Session", (), {"send_message": lambda *_args: None, "quit": lambda _self: None})()
        with patch.object(
            SendMail, "_prepare", lambda _self: (session, "a@b.c", ["sales@wood.example"], None)
        ):
            self.assertEqual(call().outcome, "ok")

    def test_no_address(self):
        self.vendor.email = False
        order = self.make_order()
        message = self.prepare(self.last_out(order))
        [(_message, refused)] = message.connector_id._trade_sends(message)
        self.assertEqual(refused.code, "portal.no_recipient")
        self.route_out.mail_to = "Desk <desk@wood.example>; second@wood.example"
        [(_message, call)] = message.connector_id._trade_sends(message)
        self.assertEqual(call.message["To"], "desk@wood.example, second@wood.example")

    def test_a_product_without_any_code_can_be_ordered(self):
        plain = self.env["product.product"].create({"name": "Plain board"})
        order = self.make_order((plain, 3, 7.0))
        self.assertIn(order.name, self.send(order)["Subject"])
        self.assertEqual(self.last_out(order).canonical["order_lines"][0]["item"]["name"], "Plain board")

    def test_a_change_says_what_changed(self):
        order, _url = self.sent((self.desk, 10, 100.0), (self.shelf, 5, 20.0))
        order.order_line[0].product_qty = 12
        mail = self.send(order)
        body = mail.get_body(("html",)).get_content()
        self.assertIn("has changed", body)
        self.assertIn("12 Units instead of 10", body)
        self.assertNotIn("Shelf", body)
        self.assertIn("change of order", mail["Subject"])

    def test_a_cancellation_is_told_and_confirmed(self):
        order, _url = self.sent()
        order.button_cancel()
        mail = self.send(order)
        self.assertIn("cancellation", mail["Subject"])
        page = self.get(self.link_of(mail))
        self.assertIn("We cancelled this order", page.text)
        self.assertNotIn("Confirm all", page.text)
        refused = self.press(page, "confirm")
        self.assertEqual(refused.status_code, 409)
        self.assertFalse(self.came(order))
        self.press(page, "end")
        message = self.run_page(order)
        self.assertApplied(message)
        self.assertNotIn("Yes, we know", self.get(page.url).text)

    def test_sent_once_more_is_another_email(self):
        order = self.make_order()
        first = self.send(order)
        message = self.last_out(order)
        message._send_again()
        second = self.send(order, at=fields.Datetime.now())
        self.assertNotEqual(first["Message-Id"], second["Message-Id"])
        for mail in (first, second):
            self.assertEqual(self.get(self.link_of(mail)).status_code, 200)

    def test_the_buyer_sees_that_it_was_opened(self):
        order, url = self.sent()
        labels = [step["label"] for step in order.trade_exchange["steps"]]
        self.assertNotIn("Opened by the supplier", labels)
        self.get(url)
        self.env.invalidate_all()
        labels = [step["label"] for step in order.trade_exchange["steps"]]
        self.assertEqual(labels[:2], ["Sent", "Opened by the supplier"])


class TestAnswering(OrderPageCase):
    """What is pressed on the page is an order response like any other."""

    def test_confirm_all(self):
        order, url = self.sent((self.desk, 10, 100.0), (self.shelf, 5, 20.0))
        page = self.get(url)
        self.assertIn("Desk", page.text)
        self.assertIn("10 Units", page.text)
        self.assertIn("100.00", page.text)
        done = self.press(page, "confirm", number="SO-77")
        self.assertEqual(done.status_code, 200)
        self.assertIn("Your answer has arrived", done.text)
        self.assertIn("we are reading it", done.text)
        self.assertEqual(done.headers["Refresh"], "4")
        message = self.run_page(order)
        self.assertApplied(message)
        self.assertEqual((message.codec, message.route_id), ("canonical_json", self.route_in))
        self.assertTrue(order.acknowledged)
        self.assertEqual(order.partner_ref, "SO-77")
        self.assertEqual(order.trade_state, "answered")
        self.assertIn("We agree", self.get(page.url).text)

    def test_another_day_within_the_limits(self):
        order, url = self.sent()
        page = self.get(url)
        self.press(page, "answer", day_1=self.days(1).isoformat())
        self.assertApplied(self.run_page(order))
        self.assertEqual(order.order_line.trade_promised_date, self.days(1))

    def test_quantity_and_price_wait_for_the_buyer(self):
        order, url = self.sent()
        page = self.get(url)
        self.press(page, "answer", qty_1="8", price_1="125", note_1="Copper is dear")
        message = self.run_page(order)
        self.assertEqual(message.state, "held")
        row = message.trade_answer_ids
        self.assertEqual((row.answered_qty, row.answered_price, row.note), (8, 125, "Copper is dear"))
        page = self.get(page.url)
        self.assertIn("We look at your answer", page.text)
        self.assertIn("8 Units", page.text)
        self.decide(message, "accepted")
        self.assertEqual((order.order_line.product_qty, order.order_line.price_unit), (8, 125))
        self.assertIn("Agreed", self.get(page.url).text)

    def test_two_deliveries(self):
        order, url = self.sent()
        first, second = self.days(0), self.days(20)
        self.press(self.get(url), "answer", qty_1="6", qty2_1="4", day2_1=second.isoformat())
        message = self.run_page(order)
        self.decide(message, "accepted")
        self.assertEqual(
            order.order_line.trade_schedule,
            [
                {"qty": 6.0, "date": first.isoformat(), "backorder": False},
                {"qty": 4.0, "date": second.isoformat(), "backorder": False},
            ],
        )

    def test_another_item(self):
        order, url = self.sent()
        self.press(self.get(url), "answer", item_1="WC-2", itemname_1="Shelf")
        message = self.run_page(order)
        self.assertEqual(message.state, "held")
        self.assertEqual(message.trade_answer_ids.answered_product_id, self.shelf)

    def test_cannot_deliver_needs_a_reason(self):
        order, url = self.sent((self.desk, 10, 100.0), (self.shelf, 5, 20.0))
        page = self.get(url)
        refused = self.press(page, "answer", cannot_2="1")
        self.assertEqual(refused.status_code, 422)
        self.assertIn("Say why you cannot deliver it", refused.text)
        self.assertFalse(self.came(order))
        self.press(refused, "answer", cannot_2="1", note_2="Out of stock")
        message = self.run_page(order)
        rows = message.trade_answer_ids
        self.assertEqual([row.kind for row in rows.sorted("sequence")], ["accepted", "rejected"])
        self.assertEqual(rows.filtered(lambda row: row.key == "2").note, "Out of stock")
        self.decide(message, "accepted")
        self.assertEqual(order.order_line[1].product_qty, 0)

    def test_reject_all(self):
        order, url = self.sent()
        page = self.get(url)
        self.assertEqual(self.press(page, "reject").status_code, 422)
        self.press(page, "reject", note="We are closed")
        message = self.run_page(order)
        self.assertEqual(message.canonical["order_response_code"], "RE")
        self.assertEqual(message.state, "held")

    def test_confirm_with_changes_is_asked_back(self):
        order, url = self.sent()
        refused = self.press(self.get(url), "confirm", qty_1="9")
        self.assertEqual(refused.status_code, 422)
        self.assertIn("Send my changes", refused.text)
        self.assertIn('value="9"', refused.text)  # what was typed stays
        self.assertFalse(self.came(order))

    def test_wrong_fields(self):
        order, url = self.sent()
        page = self.get(url)
        for fields_, words in (
            ({"qty_1": "many"}, "Write a number"),
            ({"qty_1": "-1"}, "more than 0"),
            ({"qty_1": "0"}, "more than 0"),
            ({"qty_1": "1e300"}, "Write a number"),
            ({"qty_1": "NaN"}, "Write a number"),
            ({"qty_1": "😀"}, "Write a number"),
            ({"qty_1": "1.000"}, "Do you mean 1000 or 1?"),
            ({"qty_1": ""}, "Enter the quantity"),
            ({"day_1": ""}, "Enter the day"),
            ({"price_1": ""}, "Enter the price"),
            ({"day_1": "12.03.2031"}, "year-month-day"),
            ({"day_1": "9999-99-99"}, "year-month-day"),
            ({"qty2_1": "3"}, "When does the rest come"),
            ({"note_1": "x" * 1001}, "At most 1000"),
            ({"item_1": "x" * 81}, "At most 80"),
            ({}, "Nothing is different yet"),
        ):
            with self.subTest(fields_):
                refused = self.press(page, "answer", **fields_)
                self.assertEqual(refused.status_code, 422)
                self.assertIn(words, refused.text)
        self.assertFalse(self.came(order))

    def test_a_number_is_a_text_for_the_browser(self):
        """As a number it would send nothing at all of 1.000,5, and nothing would mean: as ordered."""
        _order, url = self.sent()
        page = self.get(url)
        self.assertNotIn('type="number"', page.text)
        self.assertIn('inputmode="decimal"', page.text)

    def test_what_was_typed_stays_in_sight(self):
        _order, url = self.sent((self.desk, 10, 100.0), (self.shelf, 5, 20.0))
        refused = self.press(self.get(url), "confirm", qty_1="10", qty_2="4")
        opened = [
            part.partition(">")[0] for part in refused.text.split("<details")[1:] if 'name="qty_' in part
        ]
        self.assertEqual(["open" in attributes for attributes in opened], [False, True])

    def test_nothing_that_is_typed_is_lost(self):
        """The page does not come again by itself under somebody who changes the answer."""
        _order, url = self.sent()
        page = self.get(url)
        self.press(page, "confirm")
        self.assertNotIn("Refresh", self.get(page.url + "?change=1").headers)

    def test_hostile_words_stay_words(self):
        order, url = self.sent()
        page = self.press(self.get(url), "answer", note_1="<script>alert(1)</script>\x00\x07", qty_1="8")
        self.run_page(order)
        page = self.get(page.url)
        self.assertNotIn("<script>alert(1)", page.text)
        self.assertIn("&lt;script&gt;alert(1)", page.text)

    # -- twice -------------------------------------------------------------------------------------

    def test_a_double_click_is_one_answer(self):
        order, url = self.sent()
        page = self.get(url)
        for _click in range(2):
            self.assertEqual(self.press(page, "confirm").status_code, 200)
        self.assertEqual(len(self.came(order)), 1)
        self.run_page(order)
        self.assertEqual(self.press(page, "confirm").status_code, 200)  # late: it was applied meanwhile
        self.assertEqual(len(self.came(order)), 1)

    def test_another_window_with_something_else(self):
        order, url = self.sent()
        first, second = self.get(url), self.get(url)
        self.press(first, "confirm")
        refused = self.press(second, "answer", qty_1="8")
        self.assertEqual(refused.status_code, 409)
        self.assertIn("in another window meanwhile", refused.text)
        self.assertEqual(len(self.came(order)), 1)

    def test_an_answer_can_be_corrected(self):
        order, url = self.sent()
        page = self.get(url)
        self.press(page, "confirm")
        self.run_page(order)
        self.press(self.get(page.url), "answer", day_1=self.days(1).isoformat())
        message = self.run_page(order)
        self.assertApplied(message)
        self.assertEqual(message.revision, 2)
        self.assertEqual(order.order_line.trade_promised_date, self.days(1))

    def test_a_correction_while_the_first_one_waits(self):
        order, url = self.sent()
        page = self.get(url)
        self.press(page, "answer", qty_1="8")
        first = self.run_page(order)
        self.assertEqual(first.state, "held")
        self.press(self.get(page.url), "confirm")
        self.assertApplied(self.run_page(order))
        self.assertEqual(first.state, "ignored")
        self.assertEqual(order.order_line.product_qty, 10)

    def test_a_page_of_an_order_that_has_changed(self):
        order, url = self.sent()
        page = self.get(url)
        order.order_line.product_qty = 12
        self.env.flush_all()
        waiting = self.press(page, "confirm")
        self.assertEqual(waiting.status_code, 409)
        self.assertIn("We are changing this order", waiting.text)
        self.assertNotIn("Confirm all", waiting.text, "what is to be answered is not written yet")
        self.send(order)
        refused = self.press(page, "confirm")
        self.assertEqual(refused.status_code, 409)
        self.assertIn("The order has changed meanwhile", refused.text)
        self.assertIn("12 Units", refused.text)
        self.assertFalse(self.came(order))
        self.press(refused, "confirm")
        self.assertApplied(self.run_page(order))

    def test_our_counter_proposal_is_theirs_to_answer(self):
        order, url = self.sent()
        page = self.get(url)
        self.press(page, "answer", qty_1="5")
        message = self.run_page(order)
        message.trade_answer_ids.with_user(self.buyer).write(
            {"counter_qty": 7, "counter_note": "Seven, please"}
        )
        self.decide(message, "countered")
        mail = self.send(order)
        self.assertIn("Seven, please", mail.get_body(("html",)).get_content())
        page = self.get(self.link_of(mail))
        self.assertIn("We propose: 7", page.text)
        self.press(page, "confirm")
        self.assertApplied(self.run_page(order))
        self.assertEqual(order.order_line.product_qty, 7)

    # -- whose it is -------------------------------------------------------------------------------

    def test_a_link_opens_its_order_only(self):
        order, url = self.sent()
        other, _url = self.sent((self.stool, 1, 15.0))
        page = self.get(url)
        self.assertNotIn(other.name, page.text)
        self.assertNotIn("Stool", page.text)
        for path in (f"/my/trading/orders/{other.id}", f"/my/trading/orders/{order.id}"):
            self.assertIn("/web/login", self.get(path).url)

    def test_links_that_are_not_good_for_it(self):
        order, _url = self.sent()
        self.assertEqual(self.get(self.issue_for(order, days=-1)).status_code, 410)
        wrong = self.link(self.issue(self.profile, self.profile))
        self.get(self.issue(self.profile, self.profile))
        self.assertEqual(self.get(f"/trade/link/{wrong.ref}/order").status_code, 403)
        url = self.issue_for(order)
        page = self.get(url)
        self.link(url).action_revoke()
        self.env.flush_all()
        self.assertEqual(self.press(page, "confirm").status_code, 410)
        self.assertFalse(self.came(order))
        self.new_browser()
        self.assertEqual(self.get(page.url).status_code, 403)

    def test_an_order_that_went_to_another_vendor(self):
        order, url = self.sent()
        page = self.get(url)
        self.env.flush_all()
        # Past the ORM, which refuses it: as contacts are merged.
        self.env.cr.execute(
            "UPDATE purchase_order SET partner_id = %s WHERE id = %s", [self.theirs.partner_id.id, order.id]
        )
        self.env.invalidate_all()
        self.assertEqual(self.get(url).status_code, 404)
        self.assertEqual(self.press(page, "confirm").status_code, 404)

    def test_paused_partners_look_and_change_nothing(self):
        order, url = self.sent()
        page = self.get(url)
        self.profile.state = "suspended"
        self.env.flush_all()
        self.assertEqual(self.get(url).status_code, 200)
        self.assertEqual(self.press(page, "confirm").status_code, 403)
        self.assertFalse(self.came(order))

    def test_portal_users_see_their_orders(self):
        order, _url = self.sent()
        self.sign_in(self.supplier)
        page = self.get("/my/trading/orders")
        self.assertIn(order.name, page.text)
        self.assertIn("Please answer this order", page.text)
        self.assertIn("Orders to answer", self.get("/my/trading").text)
        page = self.get(f"/my/trading/orders/{order.id}")
        self.press(page, "confirm")
        message = self.run_page(order)
        self.assertApplied(message)
        self.assertEqual(message.create_uid, self.supplier)
        self.assertIn(order.name, self.get("/my/trading/orders?show=answered").text)
        self.assertNotIn(order.name, self.get("/my/trading/orders?show=open").text)
        self.assertIn(order.name, self.get(f"/my/trading/orders?search={order.name}").text)
        self.assertIn("No order fits", self.get("/my/trading/orders?search=nothing-like-it").text)

    def test_a_document_leads_to_its_order(self):
        order, url = self.sent()
        self.press(self.get(url), "confirm")
        answer = self.run_page(order)
        self.sign_in(self.supplier)
        for message in (self.last_out(order), answer):
            page = self.get(f"/my/trading/documents/{message.id}")
            self.assertIn(f'href="/my/trading/orders/{order.id}"', page.text)
        # Past the ORM, which refuses it: as contacts are merged.
        self.env.cr.execute(
            "UPDATE purchase_order SET partner_id = %s WHERE id = %s", [self.theirs.partner_id.id, order.id]
        )
        self.env.invalidate_all()
        page = self.get(f"/my/trading/documents/{answer.id}")
        self.assertEqual(page.status_code, 200)
        self.assertNotIn("/my/trading/orders/", page.text)

    def test_late_orders(self):
        order, _url = self.sent()
        self.sign_in(self.supplier)
        self.assertNotIn(order.name, self.get("/my/trading/orders?show=late").text)
        order.order_line.date_planned = fields.Datetime.now() - timedelta(days=2)
        self.env.flush_all()
        self.assertIn(order.name, self.get("/my/trading/orders?show=late").text)

    def test_portal_users_of_others_see_nothing(self):
        order, _url = self.sent()
        draft = self.make_order(confirm=False)
        self.sign_in(self.their_user)
        self.assertNotIn(order.name, self.get("/my/trading/orders").text)
        for path in ("", "/pdf"):
            self.assertEqual(self.get(f"/my/trading/orders/{order.id}{path}").status_code, 404)
        page = self.get("/my/trading/orders")
        refused = self.post(f"/my/trading/orders/{order.id}", page, do="confirm", key="answer-x-0")
        self.assertIn(refused.status_code, (400, 404))
        self.assertFalse(self.came(order))
        self.sign_in(self.supplier)
        self.assertEqual(self.get(f"/my/trading/orders/{draft.id}").status_code, 404)

    # -- other roads -------------------------------------------------------------------------------

    def test_orders_stay_answerable_when_the_partner_gets_a_system(self):
        order, url = self.sent()
        page = self.get(url)
        system = self.env["trade.connector"].create(
            {"name": "API", "trade_partner_id": self.profile.id, "transport": "manual"}
        )
        self.env["trade.route"].search([("connector_id", "=", self.pages.id)]).active = False
        by_api = self.env["trade.route"].create(
            {
                "trade_partner_id": self.profile.id,
                "connector_id": system.id,
                "direction": "in",
                "document_type": "order_response",
                "codec": "canonical_json",
            }
        )
        self.press(page, "confirm")
        message = self.run_page(order)
        self.assertApplied(message)
        self.assertEqual(message.route_id, by_api)
        late = self.process(self.answer(order, code="AP", issued="2020-01-01"), route=by_api)
        self.assertEqual(late.state, "ignored")

    def test_no_way_for_answers_shows_the_order_only(self):
        order, url = self.sent()
        self.env["trade.route"].search(
            [("trade_partner_id", "=", self.profile.id), ("direction", "=", "in")]
        ).active = False
        self.env.flush_all()
        page = self.get(url)
        self.assertIn(order.name, page.text)
        self.assertNotIn("Confirm all", page.text)
        self.assertEqual(self.press(page, "confirm").status_code, 409)

    def test_the_trail(self):
        order, url = self.sent()
        page = self.get(url)
        self.press(page, "confirm")
        self.run_page(order)
        page = self.get(page.url)
        for words in (
            "We sent you the order",
            "You opened the page",
            "You answered on this page: It was taken over",
        ):
            self.assertIn(words, page.text)

    def test_people_here_cannot_send_what_is_not_confirmed(self):
        order = self.make_order(confirm=False)
        with self.assertRaises(UserError):
            order.action_trade_send_again()
