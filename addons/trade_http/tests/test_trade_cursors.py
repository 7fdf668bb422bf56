from odoo.tests import BaseCase, tagged

from odoo.addons.trade_http import cursors

SECRET = "9f6f0a7e-secret"


@tagged("post_install", "-at_install")
class TestTradeCursors(BaseCase):
    def test_a_cursor_leads_back_to_its_place(self):
        for place in ("", "0", "17", "2026-01-02T08:00:00+00:00/4711", "ä" * 100):
            cursor = cursors.seal(SECRET, "1/2/orders", place)
            self.assertRegex(cursor, r"^[A-Za-z0-9_-]+$")
            self.assertEqual(cursors.unseal(SECRET, "1/2/orders", cursor), place)
            self.assertEqual(cursor, cursors.seal(SECRET, "1/2/orders", place), "so entity tags are stable")

    def test_a_cursor_tells_nothing(self):
        cursor = cursors.seal(SECRET, "1/2/orders", "position-4711")
        self.assertNotIn("4711", str(cursors.base64.urlsafe_b64decode(cursor + "==")))

    def test_nothing_else_opens(self):
        cursor = cursors.seal(SECRET, "1/2/orders", "17")
        bad = [
            cursor[:index] + ("A" if cursor[index] != "A" else "B") + cursor[index + 1 :]
            for index in range(len(cursor))
        ]
        bad += ["", "A", "é", "\x00", cursor + "=", cursor + "A", cursor[:-1], "A" * 400]
        for text in bad:
            with self.subTest(text), self.assertRaises(ValueError):
                cursors.unseal(SECRET, "1/2/orders", text)
        for owner, secret in (("1/3/orders", SECRET), ("1/2/events", SECRET), ("1/2/orders", "other")):
            with self.assertRaises(ValueError):
                cursors.unseal(secret, owner, cursor)
