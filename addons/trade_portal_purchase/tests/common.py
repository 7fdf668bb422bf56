"""A supplier without systems: it gets orders by e-mail, and answers on their pages."""

import re
from datetime import timedelta

from odoo import fields
from odoo.tests import new_test_user, tagged

from odoo.addons.trade_core.pipeline import inbound
from odoo.addons.trade_portal.tests.common import PortalCase
from odoo.addons.trade_purchase.tests.common import PurchaseCase

from ..models.trade_connector import PURPOSE

_KEY = re.compile(r'name="key" value="([^"]+)"')


@tagged("post_install", "-at_install")
class OrderPageCase(PurchaseCase, PortalCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.email = "purchase@us.example"
        cls.vendor.write({"email": "sales@wood.example", "lang": "en_US"})
        (cls.route_out | cls.route_in).unlink()
        wizard = cls.env["trade.connector.new"].create(
            {"template": "pages", "trade_partner_id": cls.profile.id, "name": "Wood Corner, by e-mail"}
        )
        cls.pages = cls.env["trade.connector"].browse(wizard.action_create()["res_id"])
        routes = cls.env["trade.route"].search([("connector_id", "=", cls.pages.id)])
        routes.deviation_policy_id = cls.policy
        cls.route_out, cls.route_in = (
            routes.filtered(lambda route, kind=kind: route.document_type == kind)
            for kind in ("order", "order_response")
        )
        cls.supplier = new_test_user(cls.env, "supplier_user", "base.group_portal", name="Sue of Wood Corner")
        cls.supplier.partner_id.write({"parent_id": cls.vendor.id})

    # -- sending -----------------------------------------------------------------------------------

    def send(self, order, at=None):
        """The order's message leaves; returns the e-mail as it was built."""
        message = self.last_out(order)
        if not message.payload_digest:
            self.prepare(message)
        self.assertEqual(message.state, "queued", message.state_reason)
        [(_message, call)] = message.connector_id._trade_sends(message)
        self.assertNotIsInstance(call, Exception)
        at = at or fields.Datetime.now() - timedelta(seconds=5)
        due = fields.Datetime.now() + timedelta(hours=24)
        message._set_state("sent", sent_at=at, receipt_at=at, ack_deadline=due, not_before=False)
        self.env.flush_all()
        return call.message

    def link_of(self, mail):
        body = mail.get_body(("html",)).get_content()
        return re.search(r"/trade/link/[A-Za-z0-9]{70,}", body).group()

    def sent(self, *lines, **vals):
        """An order that left, and the address of its link."""
        order = self.make_order(*lines, **vals)
        return order, self.link_of(self.send(order))

    def issue_for(self, order, **options):
        url = self.env["trade.portal.link"]._issue(PURPOSE, order, self.profile, **options)
        return url.removeprefix(self.env["trade.portal.link"].get_base_url())

    # -- what the supplier does --------------------------------------------------------------------

    def press(self, page, do, key=None, path="", **said):
        """Press a button of an order's page."""
        found = _KEY.search(page.text)
        said["key"] = key or (found.group(1) if found else "")
        return self.post(page.url.partition("?")[0] + path, page, do=do, **said)

    def came(self, order):
        """What was said on the page, oldest first."""
        self.env.invalidate_all()
        return order._portal_fresh()

    def run_page(self, order):
        """The lane reads what came; the message."""
        messages = self.came(order).filtered(lambda message: message.state == "received")
        self.assertTrue(messages)
        for message in messages:
            inbound.process(message)
        self.env.flush_all()
        self.env.invalidate_all()
        return messages[-1:]
