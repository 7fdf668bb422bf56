from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from unittest.mock import patch

from odoo.tests import Form, new_test_user, tagged

from odoo.addons.trade_http import afterwards, resources
from odoo.addons.trade_http.models.trade_api_usage import KEEP_DAYS
from odoo.addons.trade_http.resources import DEPRECATED, deprecate

from .common import make_client, make_partner, shown
from .test_trade_reads import ReadCase

SINCE = datetime(2026, 1, 1, tzinfo=UTC)
SUNSET = datetime(2999, 12, 31, 23, 59, 59, tzinfo=UTC)
PAST = datetime(2026, 2, 1, tzinfo=UTC)


class LifecycleCase(ReadCase):
    def setUp(self):
        super().setUp()
        patcher = patch.dict(DEPRECATED)
        patcher.start()
        self.addCleanup(patcher.stop)
        self.client.scope_ids = self.env["trade.api.scope"].search([])

    def uses(self, operation, client=None):
        self.env.flush_all()
        return self.env["trade.api.usage"].search(
            [("client_id", "=", (client or self.client).id), ("operation", "=", operation)]
        )

    def links(self, response):
        """Relation → address, of all headers Link."""
        found = {}
        for part in response.headers.get("Link", "").split(", "):
            address, *attributes = part.split("; ")
            for attribute in attributes:
                if attribute.startswith("rel="):
                    found[attribute[5:-1]] = address.strip("<>")
        return found


@tagged("post_install", "-at_install")
class TestTradeLifecycle(LifecycleCase):
    """Operations that are going to end: who calls them is told in every answer, and we see who still does."""

    def test_what_is_not_deprecated_says_nothing(self):
        response = self.get("/trade/v1/orders")
        self.assertEqual(response.status_code, 200)
        for name in ("Deprecation", "Sunset"):
            self.assertNotIn(name, response.headers)

    def test_every_answer_says_since_when_until_when_and_what_instead(self):
        deprecate("list_orders", SINCE, SUNSET, "/trade/v2/orders", "Read the orders of version 2.")
        for method in ("GET", "HEAD"):
            response = self.get("/trade/v1/orders", method=method)
            self.assertEqual(response.status_code, 200, response.text)
            # RFC 9745: a date of structured fields (RFC 9651), seconds behind an at sign
            self.assertEqual(response.headers["Deprecation"], f"@{int(SINCE.timestamp())}")
            self.assertEqual(response.headers["Deprecation"], "@1767225600")
            # RFC 8594: an HTTP date
            self.assertEqual(response.headers["Sunset"], "Tue, 31 Dec 2999 23:59:59 GMT")
            self.assertEqual(parsedate_to_datetime(response.headers["Sunset"]), SUNSET)
            links = self.links(response)
            self.assertEqual(links["successor-version"], "/trade/v2/orders")
            self.assertEqual(links["deprecation"], "/trade/v1/docs#list_orders")
            self.assertEqual(links["sunset"], "/trade/v1/docs#list_orders")

    def test_every_kind_of_operation_can_end(self):
        message = self.assertTaken(self.push())
        calls = {
            "post_order_responses": lambda: self.push(),
            "post_documents": lambda: self.push(url="/trade/v1/documents"),
            "get_message": lambda: self.get(f"/trade/v1/messages/{message.id}"),
            "list_orders": lambda: self.get("/trade/v1/orders"),
            "list_events": lambda: self.get("/trade/v1/events"),
        }
        for operation, call in calls.items():
            self.assertNotIn("Deprecation", call().headers)
            deprecate(operation, SINCE)
            response = call()
            self.assertLess(response.status_code, 300, response.text)
            self.assertEqual(response.headers["Deprecation"], "@1767225600", operation)
            self.assertNotIn("Sunset", response.headers, "nobody knows yet")

    def test_an_answer_that_has_not_changed_says_so_too(self):
        deprecate("list_orders", SINCE, SUNSET)
        tag = self.get("/trade/v1/orders").headers["ETag"]
        response = self.get("/trade/v1/orders", **{"If-None-Match": tag})
        self.assertEqual(response.status_code, 304)
        self.assertIn("Deprecation", response.headers)
        self.assertIn("Sunset", response.headers)

    def test_after_the_end_it_goes_on_until_somebody_ends_it(self):
        deprecate("list_orders", SINCE, PAST, "/trade/v2/orders", "Read the orders of version 2.")
        self.assertEqual(self.get("/trade/v1/orders").status_code, 200)
        settings = self.env["res.config.settings"].create({"trade_http_end_after_sunset": True})
        settings.execute()
        response = self.get("/trade/v1/orders")
        body = self.assertProblem(response, 410, "gone")
        self.assertEqual(body["detail"], "Read the orders of version 2.")
        self.assertEqual(self.links(response)["successor-version"], "/trade/v2/orders")
        self.assertIn("Sunset", response.headers)
        self.assertEqual(self.get("/trade/v1/events").status_code, 200, "the others go on")
        self.env["res.config.settings"].create({"trade_http_end_after_sunset": False}).execute()
        self.assertEqual(self.get("/trade/v1/orders").status_code, 200)

    def test_what_has_ended_takes_no_document(self):
        deprecate("post_order_responses", SINCE, PAST)
        self.env["ir.config_parameter"].set_param("trade_http.end_after_sunset", "True")
        self.assertProblem(self.push(), 410, "gone")
        self.assertFalse(self.messages())
        self.env["ir.config_parameter"].set_param("trade_http.end_after_sunset", "False")
        self.assertTaken(self.push())

    def test_before_its_end_nothing_ends(self):
        deprecate("list_orders", SINCE, SUNSET)
        self.env["ir.config_parameter"].set_param("trade_http.end_after_sunset", "True")
        self.assertEqual(self.get("/trade/v1/orders").status_code, 200)

    def test_who_is_not_let_in_learns_nothing_of_it(self):
        deprecate("list_orders", SINCE, PAST)
        self.env["ir.config_parameter"].set_param("trade_http.end_after_sunset", "True")
        with self.assertLogs("odoo.addons.trade_http.intake", "WARNING"):
            response = self.get("/trade/v1/orders", api_key=self.api_key[:-4] + "0000")
        self.assertProblem(response, 403, "denied")
        self.assertNotIn("Deprecation", response.headers)

    def test_what_makes_no_sense_is_refused_when_it_is_declared(self):
        with self.assertRaises(ValueError):
            deprecate("list_orders", datetime(2026, 1, 1))  # noqa: DTZ001 - this is what is wrong with it
        with self.assertRaises(ValueError):
            deprecate("list_orders", SUNSET, SINCE)
        self.assertNotIn("list_orders", DEPRECATED)

    def test_the_description_marks_it(self):
        deprecate("list_orders", SINCE, SUNSET, "/trade/v2/orders", "Read the orders of version 2.")
        self.env.registry.clear_all_caches()  # what is registered does not change while a server runs
        self.addCleanup(self.env.registry.clear_all_caches)
        operation = self.url_open("/trade/v1/openapi.json").json()["paths"]["/orders"]["get"]
        self.assertTrue(operation["deprecated"])
        self.assertEqual(operation["operationId"], "list_orders")
        self.assertIn("Read the orders of version 2.", self.url_open("/trade/v1/docs").text)


@tagged("post_install", "-at_install")
class TestTradeUsage(LifecycleCase):
    """Who uses what: so that one can see whether an operation can end, and whom to call before."""

    def test_uses_are_counted_by_client_operation_and_day(self):
        other = make_client(self.env, self.partner, "Portal")
        other.scope_ids = self.client.scope_ids
        key = shown(other.action_new_key())
        for _again in range(3):
            self.get("/trade/v1/orders")
        self.get("/trade/v1/orders", api_key=key)
        self.get("/trade/v1/orders/NOBODYS")
        self.push()
        mine = self.uses("list_orders")
        self.assertEqual((mine.count, mine.version, mine.day), (3, "v1", datetime.now(UTC).date()))
        self.assertEqual(mine.trade_partner_id, self.partner)
        self.assertEqual(mine.company_id, self.partner.company_id)
        self.assertEqual(self.uses("list_orders", other).count, 1)
        self.assertEqual(self.uses("get_orders_by_number").count, 1)
        self.assertEqual(self.uses("post_order_responses").count, 1)
        self.get("/trade/v1/orders")
        mine.invalidate_recordset()
        self.assertEqual(mine.count, 4)

    def test_who_is_denied_uses_nothing(self):
        self.client.scope_ids = False
        with self.assertLogs("odoo.addons.trade_http.intake", "WARNING"):
            self.get("/trade/v1/orders")
        self.assertFalse(self.uses("list_orders"))

    def test_the_page_shows_which_client_still_uses_what_is_going_to_end(self):
        deprecate("list_orders", SINCE, SUNSET, "/trade/v2/orders", "Read the orders of version 2.")
        self.get("/trade/v1/orders")
        self.get("/trade/v1/events")
        action = self.env.ref("trade_http.trade_api_usage_action")
        search = self.env.ref("trade_http.trade_api_usage_view_search")
        self.assertIn("deprecated_lately", search.arch)
        model = self.env[action.res_model]
        found = model.search([("is_deprecated", "=", True), ("client_id", "=", self.client.id)])
        self.assertEqual(found.operation, "list_orders")
        self.assertEqual((found.sunset, found.note), (date(2999, 12, 31), "Read the orders of version 2."))
        self.assertTrue(found.is_deprecated)
        others = model.search([("is_deprecated", "=", False), ("client_id", "=", self.client.id)])
        self.assertEqual(others.operation, "list_events")
        self.assertFalse(others.sunset or others.note)
        self.assertEqual(model.search_count([("is_deprecated", "in", [True, False])]), model.search_count([]))

    def test_managers_look_and_nobody_writes(self):
        self.get("/trade/v1/orders")
        use = self.uses("list_orders")
        manager = new_test_user(self.env, "use-manager", "trade_core.group_trade_manager")
        user = new_test_user(self.env, "use-user", "trade_core.group_trade_user")
        self.assertEqual(use.with_user(manager).count, 1)
        for who in (manager, user):
            self.assertFalse(use.with_user(who).has_access("write"))
        self.assertFalse(use.with_user(user).has_access("read"))

    def test_another_companys_use_is_not_ours(self):
        company = self.env["res.company"].create({"name": "Our other company"})
        profile = self.env["trade.partner"].create(
            {"partner_id": self.partner.partner_id.id, "company_id": company.id, "state": "live"}
        )
        stranger = make_client(self.env, profile)
        stranger.scope_ids = self.client.scope_ids
        self.get("/trade/v1/orders", api_key=shown(stranger.action_new_key()))
        use = self.uses("list_orders", stranger)
        self.assertTrue(use)
        manager = new_test_user(self.env, "use-manager", "trade_core.group_trade_manager")
        self.assertFalse(self.env["trade.api.usage"].with_user(manager).search([("id", "=", use.id)]))

    def test_a_client_that_is_gone_breaks_nothing(self):
        partner, _route = make_partner(self.env, "Ready Mat")
        gone = make_client(self.env, partner)
        number = gone.id
        gone.unlink()
        day = datetime.now(UTC).date()
        afterwards.count(self.env.cr.dbname, "use", (number, "list_orders", resources.VERSION, day))
        afterwards.count(self.env.cr.dbname, "use", (self.client.id, "list_orders", resources.VERSION, day))
        self.assertEqual(self.uses("list_orders").count, 1)

    def test_more_than_a_year_is_kept_and_then_forgotten(self):
        day = datetime.now(UTC).date()
        for days in (0, KEEP_DAYS, KEEP_DAYS + 1):
            self.env["trade.api.usage"]._add(
                {(self.client.id, "list_orders", "v1", day - timedelta(days=days)): 1}
            )
        self.assertGreater(KEEP_DAYS, 365)
        self.assertEqual(len(self.uses("list_orders")), 3)
        self.env["trade.api.usage"]._gc_usage()
        self.assertEqual(len(self.uses("list_orders")), 2)

    def test_the_switch_stands_on_the_settings_screen(self):
        with Form(self.env["res.config.settings"]) as settings:
            settings.trade_http_end_after_sunset = True
        self.assertTrue(settings.record.trade_http_end_after_sunset)

    def test_a_partner_that_was_offboarded_is_let_in_no_more(self):
        self.assertEqual(self.push(self.document("PO1")).status_code, 202)
        self.partner.action_suspend()
        self.assertEqual(self.push(self.document("PO2")).status_code, 202, "suspended: stored and held")
        self.partner._end_trading("They closed")
        self.assertEqual(self.push(self.document("PO3")).status_code, 403)
        self.assertFalse(self.client.key_ids.filtered("is_valid"))
        self.assertFalse(self.client.active)
        ended = self.env["trade.event"].search([("type", "=", "tradelane.partner.ended.v1")])
        self.assertEqual(ended.trade_partner_id, self.partner)
