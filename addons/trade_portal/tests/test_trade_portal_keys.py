import re
from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common import PortalCase

_SECRET = re.compile(r"<textarea[^>]*>([^<]+)</textarea>")


@tagged("post_install", "-at_install")
class TestTradePortalKeys(PortalCase):
    def setUp(self):
        super().setUp()
        self.env["ir.config_parameter"].set_param("trade_portal.own_keys", "True")
        self.sign_in(self.our_user)

    def page(self):
        return self.get("/my/trading/keys")

    def clients(self):
        return self.ours.api_client_ids.search([("trade_partner_id", "=", self.ours.id)])

    def add(self, name="SAP", mode="test", scope=("orders:read",)):
        return self.post("/my/trading/keys", self.page(), name=name, mode=mode, scope=list(scope))

    def new_key(self, client, page=None):
        return self.post(
            f"/my/trading/keys/{client.public_id}/new", page or self.page(), newest=client._portal_newest()
        )

    def calls(self, key):
        """What the front door answers to who comes with this key."""
        headers = {"Authorization": f"Bearer {key}"}
        return self.url_open("/trade/v1/messages/1", headers=headers, timeout=30).status_code

    def test_add_rotate_revoke(self):
        shown = self.add()
        self.assertEqual(shown.status_code, 200, shown.text)
        first = _SECRET.search(shown.text).group(1)
        self.assertIn("no-store", shown.headers["Cache-Control"])
        [client] = self.clients()
        self.assertEqual((client.mode, client.trade_partner_id), ("test", self.ours))
        self.assertEqual(self.calls(first), 404)  # let in; there is no such message
        self.assertNotIn(first, self.page().text)

        second = _SECRET.search(self.new_key(client).text).group(1)
        self.assertNotEqual(first, second)
        self.assertEqual((self.calls(first), self.calls(second)), (404, 404))  # the overlap

        newest = client.key_ids.sorted("id")[-1:]
        done = self.post(f"/my/trading/keys/{client.public_id}/revoke", self.page(), key=newest.id)
        self.assertIn("revoked", done.text)
        self.assertEqual((self.calls(first), self.calls(second)), (404, 403))

        self.post(f"/my/trading/keys/{client.public_id}/end", self.page())
        self.assertEqual(self.calls(first), 403)
        self.assertFalse(client.active)

    def test_a_page_loaded_again_makes_no_second_system(self):
        self.add()
        again = self.add()
        self.assertEqual(again.status_code, 422)
        self.assertIn("You have a system with this name already", again.text)
        [client] = self.clients()
        self.assertEqual(len(client.key_ids), 1)
        self.post(f"/my/trading/keys/{client.public_id}/end", self.page())
        self.assertEqual(self.add().status_code, 200)  # the name is free again

    def test_the_first_key_of_a_system_we_set_up(self):
        client = self.env["trade.api.client"].create({"name": "New", "trade_partner_id": self.ours.id})
        page = self.page()
        newest = re.search(r'name="newest" value="([^"]*)"', page.text).group(1)
        shown = self.post(f"/my/trading/keys/{client.public_id}/new", page, newest=newest)
        self.assertEqual(shown.status_code, 200, shown.text)
        self.assertEqual(self.calls(_SECRET.search(shown.text).group(1)), 404)

    def test_who_did_it_is_noted_and_told(self):
        self.add()
        [client] = self.clients()
        self.new_key(client)
        notes = client.message_ids.filtered(lambda message: "partner" in (message.body or ""))
        self.assertTrue(len(notes) >= 2)
        self.assertEqual(notes.author_id, self.our_user.partner_id)
        self.assertIn(self.responsible.partner_id, notes.notified_partner_ids)
        self.assertFalse([note for note in notes if "trade_" in note.body and "…" not in note.body])

    def test_a_second_click_makes_no_second_key(self):
        self.add()
        [client] = self.clients()
        page = self.page()
        newest = client._portal_newest()
        url = f"/my/trading/keys/{client.public_id}/new"
        self.assertEqual(self.post(url, page, newest=newest).status_code, 200)
        again = self.post(url, page, newest=newest)
        self.assertEqual(again.status_code, 422)
        self.assertNotRegex(again.text, _SECRET)
        self.assertEqual(len(client.key_ids), 2)

    def test_never_more_than_the_roles_are_for(self):
        self.ours.write({"is_supplier": True, "is_customer": False})
        self.add(scope=("orders:read", "orders:submit", "account:read", "no:such"))
        [client] = self.clients()
        self.assertEqual(client.scope_ids.mapped("name"), ["orders:read"])
        self.assertEqual(self.add(name="B", scope=("orders:submit",)).status_code, 422)
        self.assertEqual(len(self.clients()), 1)

    def test_limits(self):
        self.env["ir.config_parameter"].set_param("trade_portal.max_clients", "2")
        for name in ("A", "B", "C"):
            last = self.add(name=name)
        self.assertEqual(last.status_code, 422)
        self.assertIn("as many systems", last.text)
        self.assertEqual(len(self.clients()), 2)

    def test_live_only_once_live(self):
        self.ours.state = "draft"
        self.assertNotIn('value="live"', self.page().text)
        self.assertEqual(self.add(mode="live").status_code, 422)
        self.assertEqual(self.add(mode="test").status_code, 200)
        self.ours.state = "live"
        self.assertEqual(self.add(name="Live", mode="live").status_code, 200)
        self.assertEqual(self.add(mode="other").status_code, 422)
        self.assertEqual(self.add(name="  ").status_code, 422)

    def test_not_unless_it_is_allowed(self):
        self.add()
        [client] = self.clients()
        page = self.page()
        self.env["ir.config_parameter"].set_param("trade_portal.own_keys", "")
        shown = self.page().text
        self.assertIn("Keys are looked after by us", shown)
        self.assertNotIn("Replace the key", shown)
        before = client.key_ids
        for url, form in (
            ("", {"name": "X", "mode": "test", "scope": "orders:read"}),
            (f"/{client.public_id}/new", {"newest": client._portal_newest()}),
            (f"/{client.public_id}/revoke", {"key": before.id}),
            (f"/{client.public_id}/end", {}),
        ):
            self.assertEqual(self.post(f"/my/trading/keys{url}", page, **form).status_code, 403)
        self.assertEqual(client.key_ids, before)
        self.assertTrue(before.is_valid and client.active)
        self.assertEqual(len(self.clients()), 1)

    def test_keys_of_others(self):
        other = self.env["trade.api.client"].create({"name": "Secret", "trade_partner_id": self.theirs.id})
        self.env["trade.api.key"]._issue(other)
        self.add()
        [client] = self.clients()
        page = self.page()
        self.assertNotIn(other.public_id, page.text)
        for action in ("new", "revoke", "end"):
            response = self.post(
                f"/my/trading/keys/{other.public_id}/{action}",
                page,
                key=other.key_ids.id,
                newest=other.key_ids.id,
            )
            self.assertEqual(response.status_code, 404)
        mixed = self.post(f"/my/trading/keys/{client.public_id}/revoke", page, key=other.key_ids.id)
        self.assertEqual(mixed.status_code, 422)
        self.assertTrue(other.key_ids.is_valid and other.active)
        self.assertEqual(len(other.key_ids), 1)

    def test_cards_about_keys(self):
        self.env["trade.api.client"].create({"name": "Old one", "trade_partner_id": self.ours.id})
        self.assertIn("It has no key yet", self.get("/my/trading").text)
        self.add(name="Ends soon")
        client = self.clients().filtered(lambda client: client.name == "Ends soon")
        self.env["trade.route"].create(
            {
                "trade_partner_id": self.ours.id,
                "connector_id": self.ours.connector_ids.id,
                "direction": "in",
                "document_type": "order_response",
            }
        )
        client.expires_at = fields.Datetime.now() + timedelta(days=3)
        self.assertIn("ends within two weeks", self.get("/my/trading").text)
