import logging
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.trade_portal import purposes
from odoo.addons.trade_portal.log_filter import HideLinks
from odoo.addons.trade_portal.models import trade_portal_link
from odoo.addons.trade_portal.tokens import LinkRefused

from .common import PURPOSE, PortalCase


@tagged("post_install", "-at_install")
class TestTradePortalLink(PortalCase):
    """The model: what opens, what does not, and why."""

    def assertRefused(self, reason, call, *args, **options):
        with self.assertRaises(LinkRefused) as caught:
            call(*args, **options)
        self.assertEqual(caught.exception.reason, reason)
        title, text = self.env["trade.portal.link"]._refusal(reason)
        self.assertTrue(title and text.endswith("."))
        return caught.exception

    def token(self, **options):
        return self.issue(**options).rpartition("/")[2]

    def test_only_a_digest_of_the_secret_is_stored(self):
        token = self.token()
        link = self.env["trade.portal.link"]._open(token, PURPOSE)
        secret = token[12:44]
        self.env.cr.execute("SELECT row_to_json(l)::text FROM trade_portal_link l WHERE id = %s", [link.id])
        row = self.env.cr.fetchone()[0]
        self.assertNotIn(secret, row)
        self.assertEqual(link._record(), self.ours)

    def test_forged(self):
        token, Link = self.token(), self.env["trade.portal.link"]
        other = self.token()
        forged = [
            "",
            "x",
            token[:-1],
            token + "0",
            token[:-1] + ("0" if token[-1] != "0" else "1"),  # signature
            other[:12] + token[12:],  # another link's name with this secret
            token[:12] + "A" * 32 + token[44:],
            token.upper(),
            token + "\n",
        ]
        for text in forged:
            with self.subTest(text):
                self.assertRefused("forged", Link._open, text)

    def test_a_changed_row_is_another_link(self):
        """Whoever can write to the table cannot turn a link into one for somebody else."""
        token, Link = self.token(), self.env["trade.portal.link"]
        link = Link._open(token)
        for name, value in (
            ("trade_partner_id", self.theirs.id),
            ("res_id", 0),
            ("email", "eve@evil.example"),
        ):
            with self.subTest(name):
                was = link[name] if name != "trade_partner_id" else link[name].id
                link.write({name: value})
                self.assertRefused("forged", Link._open, token)
                link.write({name: was})
        self.assertTrue(Link._open(token))

    def test_without_a_trading_partner_only_where_the_purpose_says_so(self):
        nobody, Link = self.env["trade.partner"], self.env["trade.portal.link"]
        with self.assertRaises(ValueError):
            Link._issue(PURPOSE, self.ours, nobody)
        token = self.token()
        link = Link._open(token)
        link.trade_partner_id = False
        self.assertRefused("forged", Link._open, token)
        self.assertRefused("closed", link._check)
        self.assertFalse(link._may_renew())

    def test_the_readers_language_before_the_browsers(self):
        self.env["res.lang"]._activate_lang("de_DE")
        page = self.get(self.issue(lang="de_DE"), headers={"Accept-Language": "fr"})
        self.assertIn('lang="de-DE"', page.text)

    def test_another_database_cannot_sign(self):
        token = self.token()
        self.env["ir.config_parameter"].set_param("database.secret", "another")
        self.assertRefused("forged", self.env["trade.portal.link"]._open, token)

    def test_expired_revoked_used_up_wrong_purpose(self):
        Link = self.env["trade.portal.link"]
        token = self.token()
        self.assertRefused("wrong_purpose", Link._open, token, "order.answer")
        link = Link._open(token)
        link.expires_at = fields.Datetime.now() - timedelta(seconds=1)
        self.assertEqual(self.assertRefused("expired", Link._open, token).link.id, link.id)

        token = self.token(uses=1)
        Link._open(token)._use(ip="192.0.2.1")
        refused = self.assertRefused("used_up", Link._open, token)
        self.assertEqual((refused.link.use_count, refused.link.last_ip), (1, "192.0.2.1"))
        self.assertTrue(refused.link.first_used_at)

        token = self.token()
        Link._open(token).action_revoke()
        self.assertRefused("revoked", Link._open, token)

        token = self.token()
        self.ours.state = "closed"
        self.assertRefused("closed", Link._open, token)

    def test_states_are_searched_as_they_are_shown(self):
        Link = self.env["trade.portal.link"]
        links = Link.union(*(self.link(self.issue(uses=1)) for _number in range(5)))
        links[1].expires_at = links[4].expires_at = fields.Datetime.now() - timedelta(days=1)
        links[2]._use(ip="::1")
        links[3].action_revoke()
        links[4].action_revoke()
        for state in ("valid", "expired", "used_up", "revoked"):
            shown = links.filtered(lambda link, state=state: link.state == state)
            self.assertTrue(shown)
            self.assertEqual(Link.search([("id", "in", links.ids), ("state", "=", state)]), shown.sorted())
            self.assertEqual(
                Link.search([("id", "in", links.ids), ("state", "!=", state)]), (links - shown).sorted()
            )

    def test_suspended_partner_looks_and_does_nothing(self):
        token = self.token()
        self.ours.state = "suspended"
        link = self.env["trade.portal.link"]._open(token)
        self.assertRefused("suspended", link._use)
        self.assertFalse(link.use_count)

    def test_unlimited_until_it_expires(self):
        link = self.env["trade.portal.link"]._open(self.token(uses=0))
        for number in range(1, 4):
            link._use(ip="::1")
            self.assertEqual(link.use_count, number)

    def test_use_is_undone_with_what_was_done(self):
        link = self.env["trade.portal.link"]._open(self.token(uses=1))
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            link._use(ip="::1")
            raise ZeroDivisionError
        link.invalidate_recordset()
        self.assertEqual(link.use_count, 0)

    def test_purposes_say_what_links_are_about(self):
        Link = self.env["trade.portal.link"]
        with self.assertRaises(ValueError):
            Link._issue("order.answer_nobody", self.ours, self.ours)
        with self.assertRaises(ValueError):
            Link._issue(PURPOSE, self.ours.partner_id, self.ours)
        with patch.dict(purposes.PURPOSES), self.assertRaises(ValueError):
            purposes.register("other.thing", "Other", page="connection", models=("res.partner",))
        with self.assertRaises(ValueError):
            purposes.register("Bad Code", "Other", page="other", models=("res.partner",))

    def test_record_is_gone(self):
        """No link keeps working on what comes after."""
        Link = self.env["trade.portal.link"]
        with patch.dict(purposes.PURPOSES):
            purposes.register("contact.see", "See", page="contact", models=("res.partner",))
            contact = self.env["res.partner"].create({"name": "Short-lived"})
            token = Link._issue("contact.see", contact, self.ours).rpartition("/")[2]
            self.assertTrue(Link._open(token))
            contact.unlink()
            self.assertRefused("no_record", Link._open, token)
            self.assertEqual(Link._revoke_for(contact), Link._prove(token))
            self.assertRefused("revoked", Link._open, token)

    def test_a_new_link_goes_to_the_same_address_only(self):
        link = self.link(self.issue(email="Ann <ann@wood.example>"))
        self.assertTrue(link._renew())
        [url] = self.mailed("ann@wood.example")
        new = self.link(url)
        self.assertEqual(
            (new.email, new.res_id, new.purpose), ("ann@wood.example", self.ours.id, link.purpose)
        )
        self.assertEqual(new.renewed_from_id, link)
        mail = self.env["mail.mail"].search([("email_to", "=", "ann@wood.example")])
        self.assertTrue(mail.auto_delete)
        self.assertNotIn(url, mail.mail_message_id.body or "")

    def test_new_links_are_limited(self):
        link = self.link(self.issue())
        for _number in range(trade_portal_link.RENEWALS):
            self.assertTrue(link._renew())
        self.assertFalse(link._renew())
        self.assertEqual(len(self.mailed("ann@wood.example")), trade_portal_link.RENEWALS)
        self.assertTrue(self.link(self.issue(email="other@wood.example"))._renew())

    def test_what_was_revoked_is_not_renewed(self):
        link = self.link(self.issue())
        link.action_revoke()
        self.assertRefused("revoked", link._renew)
        self.assertRefused("revoked", self.link(self.issue(email=False))._renew)

    def test_people_send_a_link(self):
        self.ours.partner_id.email = "Info <info@wood.example>"
        Send = self.env["trade.portal.link.send"].with_user(self.responsible)
        wizard = Send.create({"trade_partner_id": self.ours.id, "text": "As we said <b>."})
        self.assertEqual(wizard.purpose, PURPOSE)
        wizard.action_send()
        [url] = self.mailed("info@wood.example")
        self.assertEqual(self.link(url)._record(), self.ours)
        mail = self.env["mail.mail"].search([("email_to", "=", "info@wood.example")])
        self.assertIn("As we said &lt;b&gt;.", mail.body_html)
        note = self.ours.message_ids[0]
        self.assertIn("info@wood.example", note.body)
        self.assertNotIn("/trade/link/", note.body)
        with self.assertRaises(UserError):
            Send.create({"trade_partner_id": self.ours.id, "email": "a@x.example, b@y.example"}).action_send()
        with self.assertRaises(AccessError):
            Send.with_user(self.our_user).create({"trade_partner_id": self.ours.id})

    def test_only_managers_end_links_and_nobody_edits_them(self):
        link = self.link(self.issue())
        self.assertFalse(self.env["trade.portal.link"].with_user(self.our_user).has_access("read"))
        self.assertFalse(self.env["trade.portal.link"].with_user(self.responsible).has_access("create"))
        self.assertNotIn("digest", link.with_user(self.responsible).fields_get())
        link.with_user(self.responsible).action_revoke()
        self.assertEqual(link.state, "revoked")

    def test_old_links_are_cleaned_away(self):
        token = self.token()
        link = self.env["trade.portal.link"]._open(token)
        link.expires_at = fields.Datetime.now() - timedelta(days=trade_portal_link.KEEP_DAYS + 1)
        self.env["trade.portal.link"]._gc()
        self.assertFalse(link.exists())
        self.assertRefused("gone", self.env["trade.portal.link"]._open, token)

    def test_log_holds_no_link(self):
        url = self.issue()
        record = logging.LogRecord(
            "werkzeug", logging.INFO, "", 0, '127.0.0.1 "%s" %s', (f"GET {url} HTTP/1.1", "303"), None
        )
        self.assertTrue(HideLinks().filter(record))
        self.assertEqual(record.getMessage(), '127.0.0.1 "GET /trade/link/… HTTP/1.1" 303')
        filters = logging.getLogger("werkzeug").filters
        self.assertEqual(sum(isinstance(known, HideLinks) for known in filters), 1)


@tagged("post_install", "-at_install")
class TestTradePortalLinkPages(PortalCase):
    """The same, as browsers and mail scanners see it."""

    def setUp(self):
        super().setUp()
        self.new_browser()

    def test_open_look_and_do(self):
        self.break_connection(self.ours)
        url = self.issue(uses=1)
        for _look in range(3):  # scanners look too
            response = self.get(url)
            self.assertEqual(response.status_code, 200)
        link = self.link(url)
        self.assertEqual(link.use_count, 0)
        self.assertEqual(response.url.rpartition("/trade/")[2], f"link/{link.ref}/connection")
        self.assertNotIn(url.rpartition("/")[2], response.text)
        self.assertIn("api.wood.example", response.text)
        self.assertIn("did not answer", response.text)
        self.assertNotIn("proxy.internal", response.text)
        self.assertNotIn("internal name", response.text)
        done = self.post(response.url, response)
        self.assertEqual(done.status_code, 200)
        link.invalidate_recordset()
        self.assertEqual(link.use_count, 1)
        self.assertTrue(link.last_ip)
        again = self.post(response.url, response)
        self.assertEqual(again.status_code, 410)
        self.assertIn("done already", again.text)
        self.assertEqual(link.use_count, 1)

    def test_headers(self):
        url = self.issue()
        for address, follow in ((url, False), (url, True), (url[:-1], True)):
            response = self.get(address, allow_redirects=follow)
            self.assertEqual(response.headers["Referrer-Policy"], "no-referrer")
            self.assertIn("noindex", response.headers["X-Robots-Tag"])
            self.assertIn("no-store", response.headers["Cache-Control"])
            self.assertEqual(response.headers["X-Frame-Options"], "DENY")

    def test_the_clean_address_opens_nothing_elsewhere(self):
        url = self.issue()
        page = self.get(url).url
        self.new_browser()
        response = self.get(page)
        self.assertEqual(response.status_code, 403)
        self.assertIn("open the link from the e-mail", response.text)
        self.assertNotIn("wood", response.text)

    def test_a_forged_form_is_refused(self):
        url = self.issue()
        page = self.get(url)
        self.assertEqual(self.url_open(page.url, data={"csrf_token": "0"}).status_code, 400)
        self.assertEqual(self.link(url).use_count, 0)

    def test_refusals_say_what_to_do(self):
        url = self.issue()
        link = self.link(url)
        link.expires_at = fields.Datetime.now() - timedelta(minutes=1)
        page = self.get(url)
        self.assertEqual(page.status_code, 410)
        self.assertIn("Send me a new link", page.text)
        self.assertIn("Marc Demo", page.text)
        self.assertNotIn("ann@wood.example", page.text)
        sent = self.post(f"/trade/link/{link.ref}/new", page)
        self.assertIn("Look into your inbox", sent.text)
        [new] = self.mailed("ann@wood.example")
        self.assertEqual(self.get(new).status_code, 200)

    def test_revoked_forged_and_closed(self):
        url = self.issue()
        self.link(url).action_revoke()
        page = self.get(url)
        self.assertEqual(page.status_code, 410)
        self.assertNotIn("Send me a new link", page.text)
        forged = self.get(url[:-1] + ("0" if url[-1] != "0" else "1"))
        self.assertEqual(forged.status_code, 404)
        self.assertNotIn("wood", forged.text.lower())
        url = self.issue()
        self.ours.state = "closed"
        page = self.get(url)
        self.assertEqual(page.status_code, 410)
        self.assertIn("no longer trade", page.text)

    def test_nobody_renews_what_was_not_opened(self):
        link = self.link(self.issue())
        page = self.get(self.issue(partner=self.theirs))  # some page with a form token
        self.post(f"/trade/link/{link.ref}/new", page)
        self.assertFalse(self.mailed("ann@wood.example"))
