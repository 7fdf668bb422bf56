import json

from odoo.tests import HttpCase, tagged
from schemathesis.specs.openapi import definitions

from odoo.addons.trade_http import items, parameters, problems
from odoo.addons.trade_http.resources import INTAKES, READS
from odoo.addons.trade_kernel import codecs
from odoo.addons.trade_kernel.canonical import DOCUMENTS

from .common import make_partner


@tagged("post_install", "-at_install")
class TestTradeOpenapi(HttpCase):
    """The description fits what there is, and people can read it."""

    def document(self):
        response = self.url_open("/trade/v1/openapi.json")
        self.assertEqual((response.status_code, response.headers["Content-Type"]), (200, "application/json"))
        return response.json()

    def test_it_is_openapi_3_1(self):
        errors = list(definitions.OPENAPI_31_VALIDATOR.iter_errors(self.document()))
        self.assertFalse([f"{error.instance_path}: {error.message}" for error in errors])

    def test_everything_registered_is_described_and_nothing_else(self):
        paths = self.document()["paths"]
        reads = [read for read in READS.values() if read.model_name in self.env]
        post = {f"/{name}" for name in INTAKES} | {"/documents"}
        get = {f"/{read.name}" for read in reads} | {"/messages/{id}"}
        get |= {f"/{read.name}/{{{read.key}}}" for read in reads if read.key}
        self.assertEqual({path for path, item in paths.items() if "post" in item}, post)
        self.assertEqual({path for path, item in paths.items() if "get" in item}, get)

    def test_every_reference_leads_somewhere(self):
        document = self.document()
        text = json.dumps(document)
        for name in {part.split('"')[0] for part in text.split('"$ref": "')[1:]}:
            place = document
            for step in name.removeprefix("#/").split("/"):
                self.assertTrue(step in place, name)
                place = place[step]

    def test_every_event_but_the_internal_ones_is_described(self):
        kinds = self.env["trade.event.type"].search([("audience", "!=", "internal")])
        self.assertEqual(set(self.document()["webhooks"]), set(kinds.mapped("name")))

    def test_formats_are_those_agreed_on_with_anybody(self):
        def formats():
            return set(self.document()["paths"]["/order-responses"]["post"]["requestBody"]["content"])

        own = set(codecs.get("canonical_json").media_types)
        self.assertEqual(formats(), own)
        _partner, route = make_partner(self.env, "Azure Interior")
        route.codec = "edifact"
        self.assertEqual(formats(), own | set(codecs.get("edifact").media_types))

    def test_no_two_things_have_one_name(self):
        """A part of our answers must not be called like a document: one of both would not be described."""
        ours = {name for name, cls in vars(items).items() if isinstance(cls, type)}
        self.assertFalse(ours & {document.__name__ for document in DOCUMENTS.values()})

    def test_bounds_of_parameters_stand_in_the_description(self):
        paths = self.document()["paths"]
        for path, name, maximum in (
            ("/messages/{id}", "wait", parameters.MAX_WAIT),
            ("/events", "limit", 1000),
        ):
            [schema] = [p["schema"] for p in paths[path]["get"]["parameters"] if p["name"] == name]
            self.assertEqual((schema["type"], schema["maximum"]), ("integer", maximum))

    def test_it_is_not_sent_again_unless_it_changed(self):
        for url in ("/trade/v1/openapi.json", "/trade/v1/docs"):
            tag = self.url_open(url).headers["ETag"]
            again = self.url_open(url, headers={"If-None-Match": tag})
            self.assertEqual((again.status_code, again.content), (304, b""))

    def test_the_page_has_a_place_for_every_problem_operation_and_event(self):
        page = self.url_open("/trade/v1/docs").text
        document = self.document()
        operations = [part["operationId"] for item in document["paths"].values() for part in item.values()]
        anchors = [f"problem-{problem.name}" for problem in problems.available()]
        anchors += [f"event-{name}" for name in document["webhooks"]]
        anchors += [f"schema-{name}" for name in document["components"]["schemas"]]
        for anchor in [*operations, *anchors]:
            self.assertEqual(page.count(f' id="{anchor}"'), 1, anchor)
        for link in {part.split('"')[0] for part in page.split('href="#')[1:]}:
            self.assertTrue(f' id="{link}"' in page, link)

    def test_a_problem_leads_to_its_place_on_the_page(self):
        body = self.url_open("/trade/v1/nothing").json()
        path, _hash, anchor = body["help"].partition("#")
        self.assertTrue(f' id="{anchor}"' in self.url_open(path).text)

    def test_the_page_needs_nothing_from_anywhere(self):
        response = self.url_open("/trade/v1/docs")
        self.assertIn("default-src 'none'", response.headers["Content-Security-Policy"])
        for word in ("<script", "<img", "<link", "src=", "@import", "url("):
            self.assertFalse(word in response.text, word)

    def test_what_may_be_done_is_told_without_a_key(self):
        for url, allow in (
            ("/trade/v1/orders", "GET, HEAD, OPTIONS"),
            ("/trade/v1/order-responses", "POST, OPTIONS"),
            ("/trade/v1/orders/PO1", "GET, HEAD, OPTIONS"),
        ):
            response = self.opener.options(self.base_url() + url, headers={"Origin": "https://example.com"})
            self.assertEqual((response.status_code, response.headers["Allow"]), (204, allow))
            self.assertNotIn("Access-Control-Allow-Origin", response.headers)
