import json
import re

from odoo.tests import HttpCase, tagged

from odoo.addons.trade_onboarding_purchase.tests.common import CertificationCase

from .common import _TOKEN


@tagged("post_install", "-at_install")
class TestOnboardingBench(CertificationCase, HttpCase):
    """The partner runs its tests alone. They come with the addon for purchases; without it there are none."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        template = cls.env["trade.onboarding.template"].create({"name": "Tests only"})
        cls.env["trade.onboarding.template.step"].create(
            {
                "template_id": template.id,
                "name": "Tests",
                "kind": "certification",
                "actor": "partner",
                "gate": "certified",
            }
        )
        cls.case = cls.env["trade.onboarding"].create(
            {
                "name": "Wood Corner",
                "template_id": template.id,
                "partner_id": cls.vendor.id,
                "email": "orders@woodcorner.example",
            }
        )
        cls.case.sudo().trade_partner_id = cls.profile
        cls.case._refresh()
        cls.step = cls.case.step_ids
        cls.test = cls.case.certification_ids.test_ids[:1]

    def setUp(self):
        super().setUp()
        self.authenticate(None, None)
        page = self.url_open(self.case._partner_url().removeprefix(self.base_url()), timeout=30)
        checklist = "/" + page.url.partition("://")[2].partition("/")[2]
        self.url = f"{checklist}/step/{self.step.id}"

    def do(self, doing, answer=None, page=None):
        page = page or self.url_open(self.url, timeout=30)
        data = {
            "csrf_token": _TOKEN.search(page.text).group(1),
            "certification": self.test.certification_id.id,
            "test": self.test.id,
            "do": doing,
        }
        files = {"answer": ("answer.json", answer)} if answer is not None else None
        return self.url_open(self.url, data=data, files=files, timeout=30)

    def card(self, page):
        """The part of the page that is about the test."""
        return page.text.partition(f'id="test-{self.test.id}"')[2].partition('id="test-')[0]

    def test_the_partner_sees_what_is_asked_sends_and_answers(self):
        page = self.url_open(self.url, timeout=30)
        self.assertIn(self.test.asks, page.text)
        self.assertIn("Send me the test order", page.text)
        page = self.do("send")
        self.assertEqual(self.test.state, "sent")
        self.assertIn(self.test.number, page.text)
        page = self.do("upload", answer=b"no document at all")
        self.assertEqual(self.test.state, "failed")
        self.assertIn("text-danger", page.text)
        self.assertIn("127.0.0.1", self.test.run_ids.sorted("id")[-1].who)
        answer = json.dumps(self.good(self.test)).encode()
        page = self.do("upload", answer=answer)
        self.assertEqual(self.test.state, "passed", self.test.findings)

    def test_what_came_of_it_stands_with_the_test(self):
        order = [test["id"] for test in self.case.certification_ids._rows()[0]["tests"]]
        self.assertEqual(self.test.id, order[0])
        page = self.do("send")
        self.assertIn("on its way to you", self.card(page))
        page = self.do("upload")
        self.assertIn("Choose your file first.", self.card(page))
        page = self.do("upload", answer=b"no document at all")
        self.assertIn("Correct what is marked below", self.card(page))
        page = self.do("upload", answer=json.dumps(self.good(self.test)).encode())
        self.assertIn("What we checked", self.card(page))
        shown = [int(number) for number in re.findall(r'id="test-(\d+)"', page.text)]
        self.assertEqual(shown, order, "the next test follows the one that was passed")

    def test_each_document_of_ours_has_its_own_tests(self):
        self.env["trade.route"].create(
            [
                {
                    "trade_partner_id": self.profile.id,
                    "connector_id": self.connector.id,
                    "direction": "out",
                    "document_type": document_type,
                    "mode": "test",
                }
                for document_type in ("order_cancellation", "order_change")
            ]
        )
        self.env["trade.certification"]._for_profile(self.profile, self.case)
        names = ["Order response", "Order response: Change of order", "Order response: Cancellation of order"]
        page = self.url_open(self.url, timeout=30)
        self.assertEqual(re.findall(r"<h2[^>]*>\s*<span>([^<]+)</span>", page.text), names)
        self.assertEqual(page.text.count("We send an order and then a change of it."), 1, "not in every test")
        end = self.case.certification_ids.filtered(lambda one: one.asks == "order_cancellation")
        self.test = end.test_ids.filtered(lambda test: test.kind == "rejected")
        self.do("send")
        refused = {
            "document_type": "order_response",
            "id": "AB-1",
            "issue_date": "2031-01-05",
            "order_response_code": "RE",
            "order_reference": {"id": self.test.number},
        }
        page = self.do("upload", answer=json.dumps(refused).encode())
        self.assertIn("Name the revision 1 beside our order number", self.card(page))
        refused["order_reference"]["sequence_number"] = 1
        page = self.do("upload", answer=json.dumps(refused).encode())
        self.assertEqual(self.test.state, "passed", self.test.findings)
        [ours] = [one for one in self.test.findings if one["code"] == "order.end_refused"]
        self.assertNotIn(ours["text"], page.text, "that is worded for our people")

    def test_lines_are_told_as_the_partner_knows_them(self):
        [line, *_more] = self.test._row()["lines"]
        self.assertIn(self.case.company_id.currency_id.name, line)
        self.assertIn("100.00", line)

    def test_in_the_language_of_the_case(self):
        self.env["res.lang"].sudo()._activate_lang("de_DE")
        self.case.sudo().lang = "de_DE"
        self.env.flush_all()
        self.setUp()  # a new link, in that language
        page = self.do("upload", answer=b"{}")
        self.assertIn("wartet auf keine Antwort. Senden Sie zuerst die Testbestellung", page.text)
        page = self.do("send")
        self.assertIn("Auftragsbestätigung", page.text)
        page = self.do("upload", answer=b"no document at all")
        self.assertEqual(self.test.findings[0]["code"], "json.syntax")
        self.assertIn("ist dies kein JSON", page.text)
        self.assertIn("Korrigieren Sie es und senden Sie es noch einmal.", page.text)
        self.assertNotIn("Ask the partner", page.text)
        answer = self.good(self.test)
        answer["order_lines"][0]["order_line_reference"]["line_id"] = "77"
        page = self.do("upload", answer=json.dumps(answer).encode())
        self.assertIn("Die Bestellung hat keine Zeile 77.", page.text)
        self.assertIn("Zählen Sie die Zeilen nicht neu.", page.text)
        self.assertEqual(self.test.findings[1]["text"], "The order has no line 77.")  # for people here

    def test_findings_of_old_tries_stay_readable(self):
        self.do("send")
        self.do("upload", answer=b"no document at all")
        old = [{"level": "error", "stage": "rules", "code": "x.y", "text": "Said long ago.", "remedy": ""}]
        self.env.cr.execute(
            "UPDATE trade_certification_run SET findings = %s WHERE id = %s",
            [json.dumps(old), self.test.last_run_id.id],
        )
        self.env.invalidate_all()
        self.assertIn("Said long ago.", self.url_open(self.url, timeout=30).text)

    def test_what_our_people_would_decide_is_told_in_the_partners_words(self):
        self.do("send")
        answer = self.as_ordered(self.test)
        answer["order_lines"][0]["quantity"]["value"] = "1"
        page = self.do("upload", answer=json.dumps(answer).encode())
        self.assertEqual(self.test.state, "failed")
        [ours] = [one for one in self.test.findings if one.get("cause") == "deviation"]
        self.assertNotIn(ours["text"], page.text, "that is worded for our people")
        self.assertIn("one of us would look at what differs", page.text)
        self.assertIn("Compare quantity, unit, price and day", page.text)
        self.assertIn("Leave the quantity of this line as it was ordered.", page.text)

    def test_a_code_that_is_new_to_us(self):
        self.do("send")
        answer = self.as_ordered(self.test)
        answer["order_lines"][0]["quantity"]["unit_code"] = "XQQ"
        page = self.do("upload", answer=json.dumps(answer).encode())
        [ours] = [one for one in self.test.findings if one.get("cause") == "mapping"]
        self.assertNotIn(ours["remedy"], page.text)
        self.assertIn("No unit of measure is known for the code XQQ.", page.text)
        self.assertIn("Use the codes of our test order as we sent them.", page.text)

    def test_the_partner_is_told_that_the_connection_changed(self):
        self.pass_all(self.case.certification_ids)
        self.assertEqual(self.step.state, "done")
        self.route_in.endpoint = "/new"
        self.assertEqual(self.step.state, "waiting")
        checklist = self.url_open(self.url.partition("/step/")[0], timeout=30)
        self.assertIn("Please run them once more.", checklist.text)
        self.assertIn("Open the tests", checklist.text)
        page = self.url_open(self.url, timeout=30)
        self.assertIn("To be tested again.", page.text)
        self.assertNotIn(self.case.certification_ids.stale_reason, page.text, "our settings are not theirs")
        self.assertIn("Send it to me again", page.text)

    def test_a_test_of_somebody_else_is_none_of_theirs(self):
        page, state = self.url_open(self.url, timeout=30), self.test.state
        self.test.certification_id.sudo().onboarding_id = False
        self.assertEqual(self.do("send", page=page).status_code, 404)
        self.assertEqual(self.test.state, state)

    def test_an_answer_needs_a_file(self):
        self.do("send")
        self.assertEqual(self.do("upload").status_code, 422)
