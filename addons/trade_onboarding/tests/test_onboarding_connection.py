from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger
from psycopg2.errors import UniqueViolation

from odoo.addons.trade_kernel.errors import MappingMissing

from .common import OnboardingCase

STEPS = (
    ("Approve", "approval", "us", "approved", ()),
    ("Connection", "connection", "us", "connected", ("Approve",)),
    ("Look again", "task", "us", "certified", ("Connection",)),
)


@tagged("post_install", "-at_install")
class TestOnboardingConnection(OnboardingCase):
    """A partner of a known kind is connected with the routes and codes that the template knows."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        owner_env, cls.env = cls.env, cls.env(su=True)
        cls.dozen = cls.env.ref("uom.product_uom_dozen")
        cls.unit = cls.env.ref("uom.product_uom_unit")
        cls.template = cls._template(STEPS, connector_template="rest_poll").with_env(owner_env)
        cls.template.write(
            {
                "certified_only": False,
                "code_ids": [
                    (0, 0, {"kind": "uom", "code": "DZ", "uom_id": cls.dozen.id}),
                    (0, 0, {"kind": "uom", "code": "K24", "uom_id": cls.unit.id, "factor": 24}),
                    (0, 0, {"kind": "reason", "code": "R7", "value": "Out of stock"}),
                ],
                "route_ids": [
                    (0, 0, {"direction": "out", "document_type": "order", "departures": "11:00, 16:00"}),
                    (0, 0, {"direction": "in", "document_type": "invoice", "codec": "ubl", "mode": "test"}),
                    (0, 0, {"direction": "in", "document_type": "order_response", "mode": "stopped"}),
                ],
            }
        )
        cls.partner = cls.env["res.partner"].create({"name": "Alder Quay", "is_company": True})
        cls.env = owner_env

    def _approved(self, case=None):
        case = case or self._case(partner_id=self.partner.id)
        for step in case.step_ids.filtered(lambda step: step.gate in ("profiled", "verified")):
            step.action_done()
        approve = self._step(case, "Approve")
        approve.with_user(self.approver).action_done()
        return case

    def _connect(self, case, **values):
        """What the owner does; the connector is started as if it had been tested."""
        step = self._step(case, "Connection")
        step._save({"address": "https://edi.example.com", **values})
        step._submit()
        if step.state != "done":
            case.trade_partner_id.connector_ids.sudo().paused = False
            step._submit()
        return step

    def _codes(self, case):
        codes = self.env["trade.mapping"].search([("trade_partner_id", "=", case.trade_partner_id.id)])
        return {code.code: code.target for code in codes}

    def _profile(self, **vals):
        return self.env["trade.partner"].sudo().create({"partner_id": self.partner.id, **vals})

    def _mapping(self, profile, code, unit, **vals):
        return (
            self.env["trade.mapping"]
            .sudo()
            .create({"trade_partner_id": profile.id, "kind": "uom", "code": code, "uom_id": unit.id, **vals})
        )

    def _words(self, step):
        return " ".join(f"{one['text']} {one['remedy']}" for one in step.findings or [])

    # -- what is set up ------------------------------------------------------------------------

    def test_a_partner_starts_with_the_codes_of_the_template(self):
        case = self._approved()
        step = self._connect(case)
        self.assertEqual(step.state, "done", step.findings)
        self.assertEqual(
            self._codes(case),
            {"DZ": self.dozen.display_name, "K24": f"24 × {self.unit.display_name}", "R7": "Out of stock"},
        )
        self.assertIn("Codes set up: 3", self._words(step))
        made = case.effect_ids.filtered(lambda effect: effect.res_model == "trade.mapping")
        self.assertEqual(set(made.mapped("state")), {"done"})
        self.assertEqual(len(made), 3, "record by record")
        self.assertIn(f"DZ → {self.dozen.display_name}", made.mapped("record_name"))
        self.assertEqual(made.step_id, step)

    def test_routes_are_as_the_template_wants_them(self):
        case = self._approved()
        self._connect(case)
        routes = {route.document_type: route for route in case.trade_partner_id.route_ids}
        self.assertEqual(routes.keys(), {"order", "order_response", "invoice"})
        self.assertEqual(routes["order"].departures, "11:00, 16:00")
        self.assertEqual(routes["order"].endpoint, "/orders", "what the template leaves open is as usual")
        self.assertEqual(routes["invoice"].codec, "ubl")
        self.assertEqual(
            {name: route.mode for name, route in routes.items()},
            {"order": "test", "order_response": "stopped", "invoice": "test"},
        )
        self._step(case, "Look again").action_done()
        case.action_go_on()
        self.assertEqual(case.state, "live")
        self.assertEqual(
            {name: route.mode for name, route in routes.items()},
            {"order": "live", "order_response": "stopped", "invoice": "test"},
        )

    def test_what_the_partner_says_itself_stays_and_the_case_says_so(self):
        profile = self._profile()
        self._mapping(profile, "DZ", self.unit)
        self._mapping(profile, "K24", self.unit, factor=24)
        case = self._approved()
        step = self._connect(case)
        self.assertEqual(self._codes(case)["DZ"], self.unit.display_name)
        [warning] = [one for one in step.findings if one["level"] == "warning"]
        self.assertIn(f"DZ stays {self.unit.display_name}, as the partner has it", warning["text"])
        self.assertIn(f"here it would be {self.dozen.display_name}", warning["text"])
        self.assertEqual(warning["record"][0], "trade.mapping")
        self.assertIn("Codes set up: 1", self._words(step), "only the reason was missing")

    def test_codes_of_the_partner_that_was_chosen_come_before_those_of_the_template(self):
        alike = self.env["res.partner"].sudo().create({"name": "Speaks alike"})
        alike = self._profile(partner_id=alike.id, state="live")
        self._mapping(alike, "DZ", self.unit)
        self._mapping(alike, "OLD", self.unit, valid_to="2020-01-01")
        case = self._approved()
        step = self._connect(case, codes_from=str(alike.id))
        self.assertEqual(self._codes(case)["DZ"], self.unit.display_name)
        self.assertNotIn("OLD", self._codes(case), "it has ended")
        self.assertIn("DZ stays", self._words(step))

    def test_a_code_that_means_nothing_here_is_left_out_and_named(self):
        self.template.code_ids.filtered(lambda code: code.code == "DZ").sudo().flush_recordset()
        self.env.cr.execute(
            "UPDATE trade_onboarding_template_code SET uom_id = NULL, res_id = NULL"
            " WHERE template_id = %s AND code = 'DZ'",
            [self.template.id],
        )
        self.env.invalidate_all()
        case = self._approved()
        step = self._connect(case)
        self.assertEqual(step.state, "done")
        self.assertNotIn("DZ", self._codes(case))
        self.assertIn("DZ was left out: what it means is gone", self._words(step))
        self.assertIn("page Connection", self._words(step))

    def test_documents_that_waited_for_a_code_go_on(self):
        profile = self._profile()
        Message, Problem = self.env["trade.message"].sudo(), self.env["trade.exception"].sudo()
        connector = self.env["trade.connector"].sudo().create({"name": "Files", "transport": "manual"})
        route = (
            self.env["trade.route"]
            .sudo()
            .create(
                {
                    "trade_partner_id": profile.id,
                    "direction": "in",
                    "document_type": "order_response",
                    "connector_id": connector.id,
                    "mode": "test",
                }
            )
        )
        receipt = Message._receive(b"{}", route=route, scope=f"route:{route.id}", key="waits-for-dz")
        message = Message.browse(receipt.message_id)
        with self.assertRaises(MappingMissing) as unknown:
            self.env["trade.mapping"].sudo()._resolver(profile, self.company).unit("DZ")
        message._set_state("held", unknown.exception.message)
        Problem._report([(message, unknown.exception)])
        self.assertTrue(message.exception_id.can_replay)
        self._connect(self._approved())
        self.assertEqual((message.state, message.exception_id.state), ("received", "replaying"))

    # -- taking back ---------------------------------------------------------------------------

    def test_a_rejected_case_takes_codes_and_routes_back(self):
        profile = self._profile()
        own = self._mapping(profile, "OWN", self.unit)
        case = self._approved()
        self._connect(case)
        case._move("rejected", "Bad news")
        self.assertEqual(self._codes(case), {"OWN": own.target}, "its own stays")
        self.assertFalse(profile.route_ids or profile.connector_ids)
        self.assertEqual(set(case.effect_ids.mapped("state")), {"undone"})
        case._move("invited", "They have paid")
        case._refresh()
        self.assertEqual(case.state, "approved", "the approval stands, the connection is to be done again")
        self._connect(case)
        self.assertEqual(self._codes(case).keys(), {"OWN", "DZ", "K24", "R7"}, "and all of it again")

    def test_when_a_code_fails_nothing_of_the_connection_is_left(self):
        case = self._approved()
        step = self._step(case, "Connection")
        step._save({"address": "https://edi.example.com"})
        mapping = self.registry["trade.mapping"]
        with patch.object(mapping, "create", side_effect=UserError("R7 is on fire.")):
            [finding] = step._submit()
        self.assertEqual(finding.text, "The connection could not be set up: R7 is on fire.")
        self.assertIn("Nothing was kept", finding.remedy)
        profile = case.trade_partner_id
        self.assertFalse(profile.route_ids or profile.connector_ids or self._codes(case))
        self._connect(case)
        self.assertEqual(step.state, "done", "the next try finds nothing in its way")

    # -- the template --------------------------------------------------------------------------

    def test_a_template_is_filled_in_on_its_form(self):
        freight = self.env["product.product"].sudo().create({"name": "Freight"})
        freight = freight.with_env(self.env)
        with Form(self.env["trade.onboarding.template"]) as form:
            form.name = "EDI suppliers"
            with form.code_ids.new() as code:
                code.kind, code.code, code.uom_id, code.factor = "uom", "CT", self.unit, 12
            with form.code_ids.new() as code:
                code.kind, code.code, code.value = "reason", "R1", "Too late"
            with form.code_ids.new() as code:
                code.kind, code.code, code.record_ref = "charge", "FC", freight
            with form.route_ids.new() as route:
                route.direction, route.document_type, route.departures = "out", "order", "16:00"
        template = form.record
        meanings = {f"CT → 12 × {self.unit.display_name}", "R1 → Too late", "FC → Freight"}
        self.assertEqual(set(template.code_ids.mapped("display_name")), meanings)
        copy = template.copy()
        self.assertEqual(set(copy.code_ids.mapped("display_name")), meanings)
        self.assertEqual(copy.route_ids.departures, "16:00")

    def test_rows_that_cannot_work_are_refused_at_once(self):
        def code(**vals):
            return self.env["trade.onboarding.template.code"].create(
                {"template_id": self.template.id, "kind": "uom", "code": "XX", **vals}
            )

        def route(**vals):
            return self.env["trade.onboarding.template.route"].create(
                {"template_id": self.template.id, "document_type": "despatch_advice", **vals}
            )

        with self.assertRaisesRegex(ValidationError, "Say what XX means"), self.env.cr.savepoint():
            code()
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation), self.env.cr.savepoint():
            code(code="DZ", uom_id=self.unit.id)
        with self.assertRaisesRegex(ValidationError, "11:00, 16:00"), self.env.cr.savepoint():
            route(direction="out", departures="at noon")
        with self.assertRaisesRegex(ValidationError, "only come in"), self.env.cr.savepoint():
            route(direction="out", document_type="interchange")
        with self.assertRaises(AccessError):
            self.env["trade.onboarding.template.code"].with_user(self.plain).create(
                {"template_id": self.template.id, "kind": "reason", "code": "R2", "value": "Late"}
            )

    def test_a_partner_that_trades_well_is_saved_for_others(self):
        case = self._approved()
        self._connect(case)
        self._step(case, "Look again").action_done()
        case.action_go_on()
        profile = case.trade_partner_id
        self._mapping(profile, "PAL", self.unit, factor=480)
        product = self.env["product.product"].sudo().create({"name": "Board"})
        self.env["trade.mapping"].sudo().create(
            {"trade_partner_id": profile.id, "kind": "product", "code": "B1", "product_id": product.id}
        )
        self.template.code_ids.filtered(lambda code: code.code == "R7").value = "Sold out"
        wizard = self.env["trade.onboarding.template.save"].create({"trade_partner_id": profile.id})
        self.assertEqual(wizard.template_id, self.template, "the one it was taken on by")
        self.assertEqual(wizard.new_words, "1 codes")
        self.assertIn("R7 → Sold out", wizard.kept_words)
        wizard.template_id = self.template.create({"name": "Others"})
        self.assertEqual(wizard.new_words, "4 codes, 3 routes")
        wizard.action_save()
        other = wizard.template_id
        self.assertEqual(set(other.code_ids.mapped("code")), {"DZ", "K24", "R7", "PAL"})
        order = other.route_ids.filtered(lambda row: row.document_type == "order")
        self.assertEqual((order.departures, order.endpoint), ("11:00, 16:00", "/orders"))
        again = wizard.create({"trade_partner_id": profile.id, "template_id": other.id})
        self.assertEqual(again.new_words, "nothing")
        with self.assertRaises(UserError):
            wizard.with_user(self.plain).action_save()
