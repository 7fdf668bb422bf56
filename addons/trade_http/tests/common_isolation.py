"""Partner A tries everything of partner B's and gets nothing: the same tests for whatever is read.

An addon that registers something to read inherits :class:`Isolation` for it, beside ``ReadCase``;
``test_trade_isolation.py`` fails for a read that nobody has such tests of.
"""

from typing import NamedTuple

from odoo.addons.trade_http.resources import READS, ROOT

from .common import make_client, make_partner, shown

#: what an answer says of its request, not of what was found
_OF_THE_REQUEST = {"Date", "RateLimit", "RateLimit-Policy"}


class Thing(NamedTuple):
    """Something of a partner's.

    :ivar key: how it is asked for, when single ones can be
    :ivar word: stands in the answer to who may see it, and in no other
    """

    key: str | None
    word: str


class Isolation:
    #: what is read
    read_name = None
    #: who is a stranger: another partner of ours, and the same contact in another company of ours
    strangers = ("partner", "company")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.read = READS[cls.read_name]
        cls.url = f"{ROOT}/{cls.read_name}"
        cls._allow_all(cls.client)
        company = cls.env["res.company"].create({"name": "Our other company"})
        partner, _route = make_partner(cls.env, "Ready Mat")
        same = cls.env["trade.partner"].create(
            {"partner_id": cls.partner.partner_id.id, "company_id": company.id, "state": "live"}
        )
        cls.others = {"partner": partner, "company": same}
        cls.keys = {
            who: shown(cls._allow_all(make_client(cls.env, profile)).action_new_key())
            for who, profile in cls.others.items()
        }

    @classmethod
    def _allow_all(cls, client):
        client.write({"scope_ids": cls.env["trade.api.scope"].search([]).ids, "per_minute": 0})
        return client

    def _make(self, profile):
        """Make something that ``profile`` may read.

        :return: :class:`Thing`
        """
        raise NotImplementedError

    # -- what everybody tries --------------------------------------------------------------------

    def test_what_is_mine_is_mine(self):
        """Or the tests below would prove nothing."""
        thing = self._make(self.partner)
        self.assertIn(thing.word, self.get(self.url).text)
        if self.read.key:
            response = self.get(self._address(thing.key))
            self.assertEqual(response.status_code, 200, response.text)
            self.assertIn(thing.word, response.text)

    def test_what_others_have_changes_no_answer(self):
        self._make(self.partner)
        for who, profile, key in self._strangers():
            with self.subTest(who):
                before = self._answer(self.url)
                thing = self._make(profile)
                self.assertIn(thing.word, self.get(self.url, api_key=key).text)
                self.assertNotIn(thing.word, before[2])
                self.assertEqual(self._answer(self.url), before)

    def test_one_that_others_have_is_answered_like_one_that_nobody_has(self):
        if not self.read.key:
            self.skipTest("there are no single ones")
        for who, profile, key in self._strangers():
            with self.subTest(who):
                url = self._address(self._make(profile).key)
                found = self.get(url, api_key=key)
                self.assertEqual(found.status_code, 200, found.text)
                for method in ("GET", "HEAD"):
                    for headers in ({}, {"If-None-Match": found.headers["ETag"]}, {"If-None-Match": "*"}):
                        answer = self._answer(url, method, **headers)
                        self.assertEqual(answer[0], 404)
                        nobodys = self._answer(self._address("NOBODY-HAS-THIS"), method, **headers)
                        self.assertEqual(answer, nobodys)

    def test_cursors_of_others_are_none(self):
        if self.read.kind != "list":
            self.skipTest("it is no list")
        for who, profile, key in self._strangers():
            with self.subTest(who):
                self._make(profile), self._make(profile)
                cursor = self.get(f"{self.url}?limit=1", api_key=key).json()["next"]
                self.assertTrue(cursor)
                mine = self._answer(f"{self.url}?after={cursor}")
                self.assertEqual(mine[0], 400)
                self.assertEqual(mine, self._answer(f"{self.url}?after={'A' * len(cursor)}"))

    def test_a_list_i_know_the_tag_of_is_not_confirmed(self):
        """304 would say that the other's answer is what mine would be."""
        self._make(self.partner)
        for who, profile, key in self._strangers():
            with self.subTest(who):
                self._make(profile)
                tag = self.get(self.url, api_key=key).headers["ETag"]
                self.assertEqual(self.get(self.url, **{"If-None-Match": tag}).status_code, 200)

    # -- around ------------------------------------------------------------------------------------

    def _strangers(self):
        return [(who, self.others[who], self.keys[who]) for who in self.strangers]

    def _address(self, key):
        return f"{self.url}/{key}"

    def _answer(self, url, method="GET", **headers):
        """Status, headers and body of an answer, without what is of the request only."""
        response = self.get(url, method=method, **headers)
        shown = {name: value for name, value in response.headers.items() if name not in _OF_THE_REQUEST}
        return response.status_code, shown, response.text
