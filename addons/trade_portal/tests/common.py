"""Two partners that know nothing of each other, their people, and a company that trades with both."""

import re
import uuid

from odoo import fields
from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user, tagged

PURPOSE = "connection.view"
_CSRF = re.compile(r'csrf_token(?:" value=|: )"([^"]+)"')
_LINK = re.compile(r"/trade/link/[A-Za-z0-9]{70,}")


@tagged("post_install", "-at_install")
class PortalCase(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.responsible = new_test_user(
            cls.env,
            "portal_desk",
            "trade_core.group_trade_manager",
            name="Marc Demo",
            email="marc@us.example",
        )
        cls.ours, cls.our_user = cls._make_partner("Wood Corner", "wood")
        cls.theirs, cls.their_user = cls._make_partner("Ready Mat", "mat")

    @classmethod
    def _make_partner(cls, name, login, company=None):
        """A live trading partner with a system we call, and a portal user of it."""
        company = company or cls.env.company
        contact = cls.env["res.partner"].create({"name": name, "is_company": True})
        partner = cls.env["trade.partner"].create(
            {
                "partner_id": contact.id,
                "company_id": company.id,
                "state": "live",
                "user_id": cls.responsible.id,
            }
        )
        cls.env["trade.connector"].create(
            {
                "name": f"{name}, REST (internal name)",
                "trade_partner_id": partner.id,
                "company_id": company.id,
                "transport": "rest",
                "base_url": f"https://api.{login}.example/v1",
                "auth_method": "none",
            }
        )
        user = new_test_user(
            cls.env, f"{login}_user", "base.group_portal", name=f"Ann of {name}", email=f"ann@{login}.example"
        )
        user.partner_id.write({"parent_id": contact.id})
        return partner, user

    # -- what a browser does -------------------------------------------------------------------

    def get(self, url, **options):
        return self.url_open(url, timeout=30, **options)

    def post(self, url, page, **fields):
        """Send a form: with the token the page holds."""
        token = _CSRF.search(page.text)
        fields["csrf_token"] = token.group(1) if token else ""
        return self.url_open(url, data=fields, timeout=30)

    def new_browser(self):
        """Somebody else's: no cookies, nobody logged in."""
        self.authenticate(None, None)
        self.opener.cookies.clear()

    def sign_in(self, user):
        self.authenticate(user.login, user.login)

    # -- documents -----------------------------------------------------------------------------

    def document(self, partner, number, state="applied", direction="in", **vals):
        """A document of a partner, as it stands in the log of messages."""
        return self.env["trade.message"].create(
            {
                "trade_partner_id": partner.id,
                "company_id": partner.company_id.id,
                "connector_id": partner.connector_ids.id,
                "direction": direction,
                "state": state,
                "document_type": "order_response" if direction == "in" else "order",
                "document_number": number,
                "idempotency_scope": "portal test",
                "idempotency_key": uuid.uuid4().hex,
                "trace_id": uuid.uuid4().hex,
                "lane": "portal test",
                "received_at": fields.Datetime.now(),
                **vals,
            }
        )

    def held(self, partner, number, error, **vals):
        """A document that waits, and the problem it waits for."""
        message = self.document(partner, number, state="held", state_reason=error.message, **vals)
        return message, self.env["trade.exception"]._report([(message, error)])

    # -- links ---------------------------------------------------------------------------------

    def issue(self, record=None, partner=None, **options):
        partner = partner or self.ours
        options.setdefault("email", "ann@wood.example")
        url = self.env["trade.portal.link"]._issue(PURPOSE, record or partner, partner, **options)
        return url.removeprefix(self.env["trade.portal.link"].get_base_url())

    def link(self, url):
        return self.env["trade.portal.link"]._prove(url.rpartition("/")[2])

    def mailed(self, email):
        """Addresses of the links mailed to an address, the newest first."""
        mails = self.env["mail.mail"].search([("email_to", "=", email)], order="id desc")
        return [_LINK.search(mail.body_html).group() for mail in mails]

    def break_connection(self, partner):
        partner.connector_ids.write(
            {
                "circuit_state": "open",
                "circuit_class": "partner_down",
                "circuit_reason": "secret words about proxy.internal",
            }
        )

    @staticmethod
    def add_to(user, company):
        user.write({"company_ids": [Command.link(company.id)]})
