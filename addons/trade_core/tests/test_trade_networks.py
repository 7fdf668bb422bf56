"""Addresses that others choose lead to the public internet or to what an administrator allowed."""

import socket
from ipaddress import ip_address
from unittest.mock import patch
from urllib.parse import urlsplit

from odoo.tests import BaseCase, tagged
from odoo.tests import common as odoo_common

from ..connectors import auth, http
from ..connectors.networks import AddressRefused, Networks
from .common_connector import LOCAL, PartnerServer

PUBLIC = ("8.8.8.8", "2001:4860:4860::8888", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1")
OURS = (
    *("10.0.0.1", "172.16.0.1", "192.168.1.1", "127.0.0.1", "127.8.8.8", "0.0.0.0", "100.64.0.1"),
    *("169.254.169.254", "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255"),
    *("::", "::1", "fe80::1", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "2001:db8::1"),
    # An IPv4 address in IPv6 clothes: mapped, NAT64, 6to4, Teredo, IPv4-compatible.
    *("::ffff:127.0.0.1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "2001:0:4136:e378:8000:63bf:f5ff:fffe"),
    "::7f00:1",
)
NAME = "partner.test"


@tagged("-at_install", "post_install")
class TestNetworks(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = PartnerServer()
        cls.addClassCleanup(cls.server.stop)

    @classmethod
    def _request_handler(cls, s, r, /, **kw):
        if urlsplit(r.url).hostname in (LOCAL, NAME, "2130706433", "0177.0.0.1", "localhost"):
            return odoo_common._super_send(s, r, **kw)
        return super()._request_handler(s, r, **kw)

    def setUp(self):
        super().setUp()
        self.server.requests.clear()

    def _call(self, host, allowed=None):
        """:param allowed: networks beside the public ones; ``None``: no check at all"""
        networks = None if allowed is None else Networks.parse(allowed)
        line = http.Line(auth.Auth(), 2, 2, networks)
        return line.call("POST", f"http://{host}:{self.server.port}/events", body=b"{}")

    def test_what_is_public(self):
        networks = Networks()
        for text in PUBLIC:
            self.assertTrue(networks.allows(ip_address(text)), text)
        for text in OURS:
            self.assertFalse(networks.allows(ip_address(text)), text)

    def test_what_an_administrator_allows(self):
        networks = Networks.parse("10.20.0.0/16, ::1 169.254.169.254")
        for text in ("10.20.3.4", "::ffff:10.20.3.4", "::1", "169.254.169.254", "8.8.8.8"):
            self.assertTrue(networks.allows(ip_address(text)), text)
        for text in ("10.21.0.1", "127.0.0.1", "169.254.169.253"):
            self.assertFalse(networks.allows(ip_address(text)), text)
        with self.assertRaisesRegex(ValueError, "10.20.0.1/16 is no network"):
            Networks.parse("10.20.0.1/16")

    def test_every_spelling_of_our_own_machine_is_refused(self):
        for host in (LOCAL, "localhost", "2130706433", "0177.0.0.1"):
            with self.assertRaisesRegex(http.CallFailed, "not on the public internet", msg=host):
                self._call(host, allowed="")
        self.assertFalse(self.server.requests)
        self.assertEqual(self._call(LOCAL, allowed="127.0.0.0/8").status, 200)

    def test_a_name_that_changes_its_mind_gains_nothing(self):
        """DNS rebinding: the first answer is fine, the next one would be somewhere else."""
        asked, resolve = [], socket.getaddrinfo

        def rebinding(host, *args, **kwargs):
            if host == NAME:
                asked.append(host)
                host = LOCAL if len(asked) == 1 else "10.0.0.1"
            return resolve(host, *args, **kwargs)

        with patch.object(socket, "getaddrinfo", rebinding):
            self.assertEqual(self._call(NAME, allowed="127.0.0.0/8").status, 200)
            self.assertEqual(asked, [NAME], "what was checked is what was called; nobody asked again")
            self.assertTrue(self.server.requests[-1].headers["Host"].startswith(NAME))

    def test_one_private_address_among_public_ones_is_enough(self):
        found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (text, 443)) for text in ("8.8.8.8", "10.0.0.1")]
        with (
            patch.object(socket, "getaddrinfo", return_value=found),
            self.assertRaisesRegex(AddressRefused, r"partner.test \(10.0.0.1\) is not on the public"),
        ):
            Networks().addresses(NAME, 443)

    def test_a_connection_that_was_opened_unchecked_is_not_used(self):
        self.assertEqual(self._call(LOCAL).status, 200)  # stays open
        with self.assertRaises(http.CallFailed):
            self._call(LOCAL, allowed="")
        self.assertEqual(self._call(LOCAL).status, 200)
        self.assertEqual(len(self.server.requests), 2)

    def test_no_proxy_stands_between_us_and_what_was_checked(self):
        with patch.dict("os.environ", {"http_proxy": "http://127.0.0.1:9", "no_proxy": ""}):
            self.assertEqual(self._call(LOCAL, allowed="127.0.0.0/8").status, 200)
            with self.assertRaises(http.CallFailed):
                self._call(LOCAL)
