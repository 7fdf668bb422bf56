from odoo.exceptions import ValidationError
from odoo.tests import tagged

from odoo.addons.trade_onboarding.tests.common import OnboardingCase

STEPS = (("Connection", "connection", "us", "connected", ()),)


@tagged("post_install", "-at_install")
class TestOnboardingEdi(OnboardingCase):
    """Partners that send tables or EDI are connected as the template says, without anybody entering it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = cls._template(STEPS, connector_template="manual", certified_only=False)
        cls.layout = cls.env["trade.layout"].create({"name": "Their table", "document_type": "invoice"})

    def _row(self, **vals):
        return self.env["trade.onboarding.template.route"].create({"template_id": self.template.id, **vals})

    def test_a_partner_starts_with_layout_and_ids(self):
        self._row(direction="in", document_type="invoice", codec="layout", layout_id=self.layout.id)
        self._row(
            direction="out",
            document_type="order",
            codec="edifact",
            edi_sender="14:4012345000009",
            edi_version="D.96A",
            edi_charset="UNOC",
        )
        contact = self.env["res.partner"].sudo().create({"name": "Speaks EDI"})
        case = self._case(partner_id=contact.id)
        self._step(case, "Connection")._submit()
        self.assertFalse(case.failed_ids, case.failed_ids.mapped("reason"))
        routes = {route.document_type: route for route in case.trade_partner_id.route_ids}
        self.assertEqual(routes["invoice"].layout_id, self.layout)
        self.assertEqual(routes["invoice"].codec, "layout")
        order = routes["order"]
        self.assertEqual(order.edi_sender, "14:4012345000009")
        self.assertEqual((order.edi_version, order.edi_charset, order.codec), ("D.96A", "UNOC", "edifact"))

    def test_what_a_route_would_refuse_is_refused_in_the_template(self):
        with self.assertRaisesRegex(ValidationError, "Choose the layout"), self.env.cr.savepoint():
            self._row(direction="in", document_type="invoice", codec="layout")
        with self.assertRaisesRegex(ValidationError, "another kind of document"), self.env.cr.savepoint():
            self._row(direction="in", document_type="order", codec="layout", layout_id=self.layout.id)
        with self.assertRaisesRegex(ValidationError, "14:4012345000009"), self.env.cr.savepoint():
            self._row(direction="out", document_type="order", codec="edifact", edi_sender="14:")
