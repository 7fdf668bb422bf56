"""What people see of a message and what they press on it."""

import base64
import json
import uuid
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.trade_core import payload_text
from odoo.addons.trade_kernel.errors import PartnerDown

from .common import TradeCase


@tagged("post_install", "-at_install")
class TestTradeMessageUi(TradeCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.out = cls.env["trade.route"].create(
            {
                "trade_partner_id": cls.partner.id,
                "connector_id": cls.connector.id,
                "direction": "out",
                "document_type": "order",
            }
        )

    def known(self, order, **line):
        return self.response(order, self.line(buyer="TAB-1", **line))

    def held(self, order="P1"):
        message = self.arrive(self.response(order, self.line("NOBODY-KNOWS")))
        self.assertEqual(message.state, "held")
        return message

    def sent(self, number="P1", **vals):
        message = self.env["trade.message"]._queue(self.out, self.partner.partner_id, document_number=number)
        message._set_state("sent", **vals)
        return message

    def by_hand(self, message, reason):
        wizard = self.env["trade.message.acknowledge"].with_user(self.user)
        return wizard.create({"message_id": message.id, "reason": reason}).action_acknowledge()

    def resubmission(self, message, **vals):
        wizard = self.env["trade.message.resubmit"].with_user(self.user)
        return wizard.with_context(default_message_id=message.id).create(vals)

    # -- who is needed ---------------------------------------------------------------------------

    def test_who_is_needed_and_how_to_find_them(self):
        now = fields.Datetime.now()
        expected = {
            self.held("P1"): "person",
            self.arrive(self.known("P2")): "done",
            self.receive(self.known("P3")): "waiting",
            self.sent("P4", ack_deadline=now + timedelta(hours=1)): "waiting",
            self.sent("P5", ack_deadline=now - timedelta(hours=1)): "person",
        }
        withdrawn = self.env["trade.message"]._queue(self.out, self.partner.partner_id, document_number="P6")
        withdrawn.action_cancel()
        expected[withdrawn] = "nobody"
        messages = self.env["trade.message"].union(*expected)
        self.assertEqual({message: message.attention for message in messages}, expected)
        for kind in ("person", "waiting", "done", "nobody"):
            found = messages.search([("id", "in", messages.ids), ("attention", "=", kind)])
            self.assertEqual(found, messages.filtered(lambda m, k=kind: expected[m] == k), kind)

    # -- the timeline ----------------------------------------------------------------------------

    def test_timeline_tells_what_happened_and_that_a_person_is_next(self):
        view = self.held().timeline_view
        self.assertEqual([step["stage"] for step in view["steps"]], ["received", "decoded", "mapped"])
        self.assertEqual(view["steps"][-1]["label"], "Not matched")
        self.assertIn("NOBODY-KNOWS", view["steps"][-1]["note"])
        self.assertEqual((view["next"]["level"], view["next"]["soon"]), ("person", False))

    def test_timeline_folds_equal_failures_and_says_when_the_next_try_is(self):
        message = self.env["trade.message"]._queue(self.out, self.partner.partner_id, document_number="P1")
        for _try in range(3):
            message._log("sent", "retry", 30_000, "Timed out.")
        due = fields.Datetime.now().replace(microsecond=0) + timedelta(minutes=4)
        message.write({"attempt_count": 3, "not_before": due})
        view = message.timeline_view
        self.assertEqual([step["times"] for step in view["steps"]], [1, 3])
        self.assertEqual(view["next"]["label"], "Try 4")
        self.assertEqual(view["next"]["at"], f"{due.isoformat()}+00:00")

    def test_timeline_says_why_nothing_moves(self):
        message = self.receive(self.known("P1"))
        self.assertTrue(message.is_running)
        self.route.mode = "stopped"
        message.invalidate_recordset()
        self.assertIn("route is stopped", message.timeline_view["next"]["note"])
        self.route.mode = "live"
        self.partner.state = "suspended"
        message.invalidate_recordset()
        self.assertIn("suspended", message.timeline_view["next"]["note"])
        self.assertFalse(message.is_running)

    def test_timeline_says_that_the_partner_is_down_and_when_it_is_asked_again(self):
        message = self.env["trade.message"]._queue(self.out, self.partner.partner_id, document_number="P1")
        error = PartnerDown("partner.no_success", tries=1, reason="Timed out.", subject="connector")
        problem = self.env["trade.exception"]._open(error, company=self.company, connector=self.connector)
        problem._attach(message)
        probe = fields.Datetime.now().replace(microsecond=0) + timedelta(minutes=2)
        self.connector.circuit_probe_at = probe
        following = message.timeline_view["next"]
        self.assertEqual(following["label"], "Waits for the partner's system")
        self.assertEqual((following["at"], following["note"]), (f"{probe.isoformat()}+00:00", problem.name))
        self.assertEqual(message.attention, "waiting")

    def test_timeline_names_the_document_that_has_to_leave_first(self):
        first, second = (
            self.env["trade.message"]._queue(self.out, self.partner.partner_id, document_number="P1")
            for _number in range(2)
        )
        first._set_state("held", "For the test.")
        self.assertIn(first.display_name, second.timeline_view["next"]["note"])

    def test_timeline_ends_when_the_message_is_done(self):
        self.assertIsNone(self.arrive(self.known("P1")).timeline_view["next"])

    # -- readable forms --------------------------------------------------------------------------

    def test_raw_is_laid_out_without_changing_a_character(self):
        raw = b'{"id":"R","price":1.10,"n":123456789012345,"text":"a,{b}: \\u00e9","no":[],"lines":[{"q":2}]}'
        reading = payload_text.read(raw)
        self.assertEqual(
            "".join(line.text.strip() for line in reading.lines).replace('": ', '":'), raw.decode()
        )
        self.assertEqual(
            reading.lines[payload_text.places(reading.lines, ["/lines/0/q"])[0]].text.strip(), '"q": 2'
        )

    def test_raw_of_every_syntax_is_one_element_or_segment_per_line(self):
        for raw, lines in (
            (
                b"UNA:+.? 'UNB+UNOC:3+A+B'FTX+AAI+++it?'s'UNZ+1+1'",
                ["UNA:+.? '", "UNB+UNOC:3+A+B'", "FTX+AAI+++it?'s'", "UNZ+1+1'"],
            ),
            (b"<a x='1'><b> t </b><c/></a>", ["<a x='1'>", "  <b> t </b>", "  <c/>", "</a>"]),
            (b"ISA*00*" + b" " * 98 + b"~GS*PR~IEA*1~", ["GS*PR~", "IEA*1~"]),
            (b"number;price\r\n4;1,5\r\n", ["number;price", "4;1,5"]),
        ):
            shown = [line.text for line in payload_text.read(raw).lines]
            self.assertEqual(shown[-len(lines) :], lines)

    def test_broken_json_stays_as_it_came_and_its_place_is_marked(self):
        message = self.arrive(b'{"document_type": "order_response",\n "id" "R-1"}')
        view = message.raw_view
        self.assertEqual(view["lines"], ['{"document_type": "order_response",', ' "id" "R-1"}'])
        self.assertEqual(message.state, "held")

    def test_the_offending_place_is_marked_for_its_own_document(self):
        line = self.line(buyer="TAB-1")
        line["quantity"]["unit_code"] = ""
        view = self.arrive(self.response("P1", line)).raw_view
        self.assertEqual([view["lines"][mark].strip() for mark in view["marks"]], ['"unit_code": ""'])

    def test_secrets_are_neither_shown_nor_downloaded(self):
        document = {**json.loads(self.known("P1")), "extensions": {"api_key": "sk-very-secret", "desk": "7"}}
        message = self.arrive(json.dumps(document).encode()).with_user(self.user)
        self.assertNotIn("sk-very-secret", json.dumps(message.raw_view))
        self.assertIn("•••", "".join(message.raw_view["lines"]))
        download = base64.b64decode(message.with_context(bin_size=False).raw_file)
        self.assertNotIn(b"sk-very-secret", download)
        self.assertEqual(json.loads(download)["extensions"]["desk"], "7")
        with self.assertRaises(AccessError):
            message.read(["payload"])

    def test_a_long_document_is_cut_and_says_so(self):
        view = self.receive(json.dumps(list(range(5_000))).encode()).raw_view
        self.assertEqual((len(view["lines"]), view["total"], view["whole"]), (2_000, 5_002, False))
        self.assertIn("/raw_file/", view["file"])

    def test_document_shows_what_differs_from_what_was_asked(self):
        order = self.sent("P1")
        lines = [
            {
                "id": number,
                "quantity": {"value": "10", "unit_code": "C62"},
                "price": {"price_amount": {"value": "20.00", "currency_id": "USD"}},
                "item": {"name": name},
            }
            for number, name in (("1", "Oak table"), ("2", "Oak chair"))
        ]
        order.write(
            {"canonical": {"document_type": "order", "id": "P1", "order_lines": lines}, "payload_digest": "x"}
        )
        accepted = {
            "id": "2",
            "order_line_reference": {"line_id": "2"},
            "line_status_code": "5",
            "item": {"name": "Chair"},
        }
        answer = self.arrive(
            self.response("P1", self.line(buyer="TAB-1", quantity="8", price="20.0"), accepted)
        )
        view = answer.document_view
        names = [column["name"] for column in view["columns"]]
        first, second = (dict(zip(names, line, strict=True)) for line in view["lines"])
        self.assertEqual(view["differences"], 1)
        self.assertEqual((first["quantity"]["text"], first["quantity"]["asked"]), ("8 Units", "10 Units"))
        self.assertEqual((first["price"]["text"], "asked" in first["price"]), ("20.00 USD", False))
        self.assertEqual((second["quantity"]["text"], second["quantity"]["silent"]), ("10 Units", True))
        self.assertIn({"label": "Answer", "text": "Accepted with changes"}, view["header"])
        self.assertEqual(answer.counterpart_name, "P1")
        self.assertEqual(answer.action_open_asked()["res_id"], order.id)

    # -- preview ---------------------------------------------------------------------------------

    def preview(self, message):
        action = message.with_user(self.user).action_preview()
        return self.env[action["res_model"]].browse(action["res_id"])

    def test_preview_says_what_is_still_missing(self):
        preview = self.preview(self.held())
        self.assertEqual(preview.state, "held")
        self.assertIn("NOBODY-KNOWS", preview.reason)
        self.assertTrue(preview.remedy)

    def test_preview_shows_what_would_change_and_changes_nothing(self):
        message = self.held()
        self.table.default_code = "NOBODY-KNOWS"
        message.canonical_digest = False
        self.env["trade.mapping"].create(
            {
                "trade_partner_id": self.partner.id,
                "kind": "product",
                "code": "NOBODY-KNOWS",
                "product_id": self.table.id,
            }
        )
        preview = self.preview(message)
        self.assertEqual(preview.state, "applied")
        self.assertEqual({change["field"] for change in preview.effects}, {"color"})
        self.assertEqual(message.state, "held")
        self.assertEqual(self.applied("P1"), 0)
        preview.with_user(self.user).action_replay()
        self.run_ready()
        self.assertEqual((message.state, self.applied("P1")), ("applied", 1))

    def test_preview_of_a_test_message_can_be_seen_again(self):
        self.route.mode = "test"
        message = self.arrive(self.known("P1"))
        self.assertEqual(message.state, "ignored")
        preview = self.preview(message)
        self.assertEqual((preview.state, len(preview.effects)), ("applied", 1))
        self.assertEqual((message.state, self.applied("P1")), ("ignored", 0))

    # -- resubmit --------------------------------------------------------------------------------

    def test_an_edited_copy_goes_down_the_road_and_the_original_stays_as_it_came(self):
        message = self.held()
        raw = message._raw()
        wizard = self.resubmission(message, reason="confirmed by phone")
        self.assertIn('"NOBODY-KNOWS"', wizard.text)
        wizard.text = wizard.text.replace(
            "sellers_item_identification", "buyers_item_identification"
        ).replace("NOBODY-KNOWS", "TAB-1")
        wizard.action_preview()
        self.assertEqual((wizard.preview_state, message.state, self.applied("P1")), ("applied", "held", 0))
        copy = self.env["trade.message"].browse(wizard.action_resubmit()["res_id"])
        self.process(copy)
        self.assertEqual((copy.state, copy.original_id, self.applied("P1")), ("applied", message, 1))
        self.assertEqual((message.state, message._raw()), ("ignored", raw))
        self.assertIn("confirmed by phone", message.state_reason)
        self.assertFalse(message.exception_id.is_open)

    def test_secrets_of_lines_nobody_touched_survive_the_edit(self):
        document = {
            **json.loads(self.response("P1", self.line("X"))),
            "extensions": {"token": "t-1", "desk": "7"},
        }
        wizard = self.resubmission(self.arrive(json.dumps(document).encode()), reason="x")
        self.assertNotIn("t-1", wizard.text)
        wizard.text = wizard.text.replace('"7"', '"8"')
        copy = self.env["trade.message"].browse(wizard.action_resubmit()["res_id"])
        self.assertEqual(json.loads(copy._raw())["extensions"], {"token": "t-1", "desk": "8"})

    def test_a_copy_keeps_the_encoding_it_came_in(self):
        message = self.arrive(
            '<?xml version="1.0" encoding="iso-8859-1"?><a><b>Stühle</b></a>'.encode("latin-1")
        )
        wizard = self.resubmission(message, reason="x")
        wizard.text = wizard.text.replace("Stühle", "Bänke")
        self.assertIn("Bänke".encode("latin-1"), wizard._corrected())
        wizard.text = wizard.text.replace("Bänke", "椅子")
        with self.assertRaisesRegex(UserError, "iso-8859-1"):
            wizard._corrected()

    def test_a_copy_needs_a_reason(self):
        with self.assertRaisesRegex(UserError, "why"):
            self.resubmission(self.held()).action_resubmit()

    def test_a_copy_of_an_applied_document_cannot_apply_it_twice(self):
        message = self.arrive(self.known("P1"))
        copy = message._resubmit(self.known("P1", quantity="3"), "by mistake")
        self.process(copy)
        self.assertEqual((copy.state, self.applied("P1")), ("held", 1))

    # -- acknowledge, upload -----------------------------------------------------------------------

    def test_acknowledging_by_hand_keeps_who_and_how(self):
        message = self.sent()
        with self.assertRaises(UserError):
            self.by_hand(message, "  ")
        self.by_hand(message, "by phone, Mrs Jones")
        self.assertEqual(message.state, "acknowledged")
        self.assertIn("Marc Demo: by phone, Mrs Jones", message.state_reason)

    def upload(self, content, name="answer.json", route=None):
        wizard = self.env["trade.message.upload"].with_user(self.user)
        vals = {"route_id": (route or self.route).id, "file": base64.b64encode(content), "filename": name}
        return wizard.create(vals).action_upload()

    def test_an_uploaded_document_goes_the_same_road_once(self):
        first = self.upload(self.known("P1"))
        again = self.upload(self.known("P1"))
        self.run_ready()
        message = self.env["trade.message"].browse(first["res_id"])
        self.assertEqual((message.state, message.filename, self.applied("P1")), ("applied", "answer.json", 1))
        self.assertEqual(again["tag"], "display_notification")
        self.assertEqual(again["params"]["next"]["res_id"], message.id)

    def test_a_preview_of_an_upload_says_what_is_in_the_file_and_changes_nothing(self):
        raw = b"[" + b",".join((self.known("P1"), self.response("P2", self.line("NOBODY-KNOWS")))) + b"]"
        before = self.env["trade.message"].search_count([])
        wizard = self.env["trade.message.upload"].with_user(self.user)
        wizard = wizard.create(
            {"route_id": self.route.id, "file": base64.b64encode(raw), "filename": "two.json"}
        )
        wizard.action_preview()
        self.assertIn("2 documents", wizard.preview_text)
        self.assertIn("would be applied", wizard.preview_html)
        self.assertIn("NOBODY-KNOWS", wizard.preview_html)
        self.assertEqual((self.env["trade.message"].search_count([]), self.applied("P1")), (before, 0))

    def test_upload_says_when_the_route_does_not_run(self):
        self.assertFalse(self.env["trade.message.upload"].new({"route_id": self.route.id}).stop)
        self.partner.state = "suspended"
        self.assertIn(
            "stored and wait", self.env["trade.message.upload"].new({"route_id": self.route.id}).stop
        )

    # -- who may ---------------------------------------------------------------------------------

    def test_nobody_reaches_another_companys_messages(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        _partner, _connector, route = self._make_supplier("Far Away", other)
        message = self.arrive(self.response("P9", self.line("NOBODY-KNOWS")), route=route)
        for press in (
            message.with_user(self.user).action_replay,
            message.with_user(self.user).action_preview,
            lambda: self.by_hand(message, "x"),
            lambda: self.resubmission(message, reason="x", text="{}").action_resubmit(),
            lambda: self.upload(b"{}", uuid.uuid4().hex, route),
        ):
            with self.assertRaises(AccessError):
                press()
        self.assertEqual(message.state, "held")

    def test_every_menu_opens_for_those_who_see_it_and_every_list_teaches(self):
        problems = self.env.ref("trade_core.trade_exception_action")
        menus = self.env["ir.ui.menu"]
        for user in (self.user, self.manager, self.env.ref("base.user_admin")):
            seen = menus.with_user(user).load_web_menus(False)
            root = seen[self.env.ref("trade_core.menu_trade_root").id]
            self.assertEqual(root["actionID"], problems.id, "the app opens with what is wrong")
            pending = list(root["children"])
            while pending:
                menu = seen[pending.pop()]
                pending += menu["children"]
                if menu["actionModel"] != "ir.actions.act_window":
                    continue
                action = self.env[menu["actionModel"]].browse(menu["actionID"])
                views = [(False, mode) for mode in action.view_mode.split(",")]
                self.env[action.res_model].with_user(user).get_views(views)
                if "list" in action.view_mode:
                    self.assertTrue(action.help, f"{action.name} says nothing when it is empty")
