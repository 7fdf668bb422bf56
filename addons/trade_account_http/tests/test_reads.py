import random

from odoo import Command
from odoo.tests import tagged

from odoo.addons.trade_http.tests.common import make_client, make_partner, shown
from odoo.addons.trade_http.tests.common_isolation import Isolation, Thing
from odoo.addons.trade_http.tests.test_trade_reads import ReadCase

ACCOUNT = "/trade/v1/account"


@tagged("post_install", "-at_install")
class TestAccountReads(ReadCase):
    """A partner reads how it stands with us."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client.scope_ids = cls.env["trade.api.scope"].search([("name", "=", "account:read")])
        journal = cls.env["account.journal"].search(
            [("type", "=", "sale"), ("company_id", "=", cls.env.company.id)], limit=1
        )
        if not journal:
            cls.env["account.chart.template"].try_loading("generic_coa", cls.env.company, install_demo=False)

    def owe(self, partner, amount):
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": partner.id,
                "invoice_date": "2026-03-02",
                "invoice_line_ids": [
                    Command.create({"name": "Goods", "price_unit": amount, "tax_ids": False})
                ],
            }
        )
        invoice.action_post()

    def test_credit_that_is_left(self):
        self.env.company.account_use_credit_limit = True
        contact = self.partner.partner_id
        contact.credit_limit = 1000.0
        self.owe(contact, 250.0)
        other, _route = make_partner(self.env, "Deco Addict")
        self.owe(other.partner_id, 77.0)
        currency = self.env.company.currency_id.name
        self.assertEqual(
            self.get(ACCOUNT).json(),
            {
                "name": "Wood Corner",
                "status": "live",
                "open_amount": {"value": "250.00", "currency_id": currency},
                "credit_limit": {"value": "1000.00", "currency_id": currency},
                "credit_available": {"value": "750.00", "currency_id": currency},
            },
        )
        self.owe(contact, 900.0)
        self.assertEqual(self.get(ACCOUNT).json()["credit_available"]["value"], "0.00")

    def test_without_a_limit(self):
        body = self.get(ACCOUNT).json()
        self.assertEqual((body["credit_limit"], body["credit_available"]), (None, None))

    def test_a_client_on_trial_sees_nothing_real(self):
        client = make_client(self.env, self.partner, "Trial")
        client.write({"mode": "test", "scope_ids": self.client.scope_ids.ids})
        self.assertProblem(self.get(ACCOUNT, api_key=shown(client.action_new_key())), 404, "not-found")

    def test_nothing_without_the_scope(self):
        self.client.scope_ids = False
        self.assertProblem(self.get(ACCOUNT), 403, "forbidden")


@tagged("post_install", "-at_install")
class TestAccountIsolation(Isolation, ReadCase):
    read_name = "account"

    def _make(self, profile):
        limit = f"{random.randint(10**7, 10**8)}.00"
        company = profile.company_id
        company.account_use_credit_limit = True
        profile.partner_id.with_company(company).credit_limit = float(limit)
        return Thing(None, limit)
