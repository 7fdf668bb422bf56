"""Two cases of partners that know nothing of each other, and what their people do in a browser."""

import base64
import re

from odoo.tests import tagged

from odoo.addons.trade_onboarding.tests.common import OnboardingCase
from odoo.addons.trade_portal.tests.common import PortalCase

STEPS = (
    ("Company", "legal", "partner", "profiled", ()),
    ("Numbers", "identifiers", "partner", "profiled", ()),
    ("Insurance", "document", "partner", "verified", ()),
    ("Terms", "contract", "partner", "approved", ()),
    ("Ask Joe about them", "task", "us", "verified", ("Company",)),
    ("Approve", "approval", "us", "approved", ("Ask Joe about them", "Numbers", "Insurance", "Terms")),
    ("People", "portal_users", "partner", "connected", ("Approve",)),
    ("Release", "go_live", "us", "live", ("Approve",)),
)
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_WAS = re.compile(r'<input type="hidden" name="was-([^"]+)"(?: value="([^"]*)")?')
_DOCUMENT = re.compile(r'name="document" value="([0-9a-f]*)"')


@tagged("post_install", "-at_install")
class OnboardingPortalCase(OnboardingCase, PortalCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = cls._template(STEPS, name="With portal")
        cls.terms = cls.template.step_ids.filtered(lambda step: step.kind == "contract")
        cls.terms.write(
            {"contract": base64.b64encode(PDF), "contract_name": "terms.pdf", "contract_version": "7"}
        )

    def setUp(self):
        super().setUp()
        self.case = self._case(contact_name="Wilma")
        self.other = self._case(name="Ready Mat", email="post@readymat.example")
        self.new_browser()

    def path(self, case):
        """A new link of a case, without the server's name."""
        return case._partner_url().removeprefix(self.env["trade.portal.link"].get_base_url())

    def open(self, case):
        """Open the link of a case.

        :return: the page, and the address of its checklist
        """
        page = self.get(self.path(case))
        self.assertEqual(page.status_code, 200)
        return page, "/" + page.url.partition("://")[2].partition("/")[2]

    def step(self, name, case=None):
        return self._step(case or self.case, name)

    def fill(self, url, page=None, files=None, change=None, **fields):
        """Send a form as a browser does: with the token and with what each field showed at first."""
        page = page or self.get(url)
        data = {f"was-{name}": value or "" for name, value in _WAS.findall(page.text)}
        data |= {name.removeprefix("was-"): value for name, value in data.items()}
        token, document = _TOKEN.search(page.text), _DOCUMENT.search(page.text)
        data |= {
            "csrf_token": token.group(1),
            "document": document.group(1) if document else "",
            "do": "send",
        }
        data |= fields
        for name in change or ():
            data.pop(name, None)
        return self.url_open(url, data=data, files=files, timeout=30)

    def save(self, url, page, files=None, **fields):
        """What the script of the page sends."""
        data = {**fields, "csrf_token": _TOKEN.search(page.text).group(1)}
        return self.url_open(f"{url}/save", data=data, files=files, timeout=30)
