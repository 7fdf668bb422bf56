"""Forms: problems at their fields, saving as one goes, two windows, hostile entries."""

from odoo.tests import tagged

from odoo.addons.trade_onboarding.forms import Field
from odoo.addons.trade_onboarding.tests.common import COMPANY

from .. import entries
from .common import PDF, OnboardingPortalCase

_EVERY_TYPE = ("char", "text", "email", "date", "integer", "float", "boolean", "selection", "file")


@tagged("post_install", "-at_install")
class TestOnboardingForms(OnboardingPortalCase):
    def setUp(self):
        super().setUp()
        _page, self.url = self.open(self.case)
        self.company = self.step("Company")
        self.address = f"{self.url}/step/{self.company.id}"

    def values(self, name="Company"):
        self.env.invalidate_all()
        return self.step(name)._values()

    def test_every_type_has_its_field(self):
        kind = type(self.env["trade.onboarding.kind.legal"])
        rows = [
            Field(f"f_{one}", f"Label {one}", one, help="A help", choices=(("a", "Choice A"),))
            for one in _EVERY_TYPE
        ]
        self.patch(kind, "_form", lambda self, step: rows)
        page = self.get(self.address).text
        for one in _EVERY_TYPE:
            self.assertIn(f"Label {one}", page)
            self.assertIn(f'name="f_{one}"', page)
        for words in (
            "<textarea",
            "<select",
            'type="email"',
            'type="date"',
            'type="checkbox"',
            'type="file"',
        ):
            self.assertIn(words, page)
        self.fill(
            self.address,
            f_char="x",
            f_text="one\r\ntwo",
            f_email="a@b.example",
            f_date="2027-01-31",
            f_integer="7",
            f_float="1,5",
            f_boolean="1",
            f_selection="a",
        )
        self.assertEqual(
            {name: value for name, value in self.values().items() if name.startswith("f_")},
            {
                "f_char": "x",
                "f_text": "one\ntwo",
                "f_email": "a@b.example",
                "f_date": "2027-01-31",
                "f_integer": 7,
                "f_float": 1.5,
                "f_boolean": True,
                "f_selection": "a",
            },
        )

    def test_problems_stand_at_their_field_and_the_rest_is_kept(self):
        answer = self.fill(self.address, **{**COMPANY, "street": "", "email": "nobody"})
        self.assertEqual(answer.status_code, 422)
        self.assertIn("is not an e-mail address", answer.text)
        self.assertIn('value="nobody"', answer.text)
        self.assertEqual(self.values()["city"], "Berlin")
        answer = self.fill(self.address, **{**COMPANY, "street": ""})
        self.assertEqual(answer.status_code, 422)
        self.assertIn("Street and number is missing.", answer.text)
        self.assertEqual(self.company.state, "waiting")

    def test_saves_as_one_goes(self):
        page = self.get(self.address)
        answer = self.save(self.address, page, city="Berlin", **{"was-city": ""})
        self.assertEqual(answer.json()["saved"], True)
        self.assertEqual(self.values()["city"], "Berlin")
        self.assertEqual(self.values()["name"], "Alder Quay")
        answer = self.save(self.address, page, email="nobody", **{"was-email": "orders@alderquay.example"})
        self.assertEqual(answer.json()["saved"], False)
        self.assertIn("email", answer.json()["problems"])
        self.assertEqual(self.values()["email"], "orders@alderquay.example")
        self.assertIn('value="Berlin"', self.get(self.address).text)

    def test_keep_for_later_needs_nothing_complete(self):
        answer = self.fill(self.address, do="keep", city="Potsdam")
        self.assertEqual(answer.status_code, 200)
        self.assertIn("Saved.", answer.text)
        self.assertEqual((self.values()["city"], self.company.state), ("Potsdam", "waiting"))

    def test_two_windows(self):
        first, second = self.get(self.address), self.get(self.address)
        self.fill(self.address, first, do="keep", city="Berlin", street="Weg 1")
        answer = self.fill(self.address, second, **{**COMPANY, "city": ""})  # shows an empty city
        self.assertEqual(answer.status_code, 409)
        self.assertIn("another window", answer.text)
        self.assertEqual(self.values()["city"], "Berlin")
        self.assertEqual(self.company.state, "waiting")
        self.assertIn("done=", self.fill(self.address, self.get(self.address)).url)

    def test_done_meanwhile(self):
        page = self.get(self.address)
        self.company._submit(COMPANY)  # one of us entered it
        self.env.flush_all()
        answer = self.fill(self.address, page, name="Eve Ltd")
        self.assertEqual(answer.status_code, 409)
        self.assertIn("finished in another window", answer.text)
        answer = self.save(self.address, page, name="Eve Ltd", **{"was-name": "Alder Quay GmbH"})
        self.assertEqual((answer.status_code, answer.json()["saved"]), (409, False))
        self.assertEqual(self.values()["name"], "Alder Quay GmbH")
        self.assertIn("Alder Quay GmbH", self.get(self.address).text)

    def test_hostile_entries(self):
        page = self.get(self.address)
        for value in ("a\x00b", "x" * 251, "\ud7ff\U0001f600", "<script>alert(1)</script>", "${7*7}{{7*7}}"):
            with self.subTest(value[:20]):
                answer = self.fill(self.address, page, do="keep", city=value)
                self.assertLess(answer.status_code, 500)
                self.assertNotIn("<script>alert", answer.text)
        field = Field("number", "Number", "float")
        for value in ("nan", "inf", "1e999"):
            self.assertFalse(entries._same(field, value, "1"))
            with self.assertRaises(ValueError):
                entries.forms.coerce(field, value)
        answer = self.fill(self.address, page, country="XX", do="keep")
        self.assertEqual(answer.status_code, 422)

    def test_a_file_in_the_place_of_a_text(self):
        page = self.get(self.address)
        answer = self.fill(
            self.address, page, files={"city": ("a.pdf", PDF)}, change=["city"], do="keep", **{"was-city": ""}
        )
        self.assertLess(answer.status_code, 500)
        self.assertFalse(self.values().get("city"))

    def test_without_the_token_nothing_happens(self):
        answer = self.url_open(self.address, data={"name": "Eve", "was-name": "Alder Quay"}, timeout=30)
        self.assertEqual(answer.status_code, 400)
        self.assertEqual(self.values()["name"], "Alder Quay")

    def test_replaced_contract_is_read_again(self):
        address = f"{self.url}/step/{self.step('Terms').id}"
        page = self.get(address)
        self.terms.contract = "JVBERi0xLjQK"
        self.env.flush_all()
        answer = self.fill(address, page, accepted="1", signer="W", position="Owner")
        self.assertEqual(answer.status_code, 409)
        self.assertIn("replaced meanwhile", answer.text)
        self.env.invalidate_all()
        self.assertEqual(self.step("Terms").state, "waiting")
        self.assertIn("done=", self.fill(address, accepted="1").url)
