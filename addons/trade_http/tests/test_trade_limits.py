import base64
import gzip
import random
import socket
import threading
import time
import zlib
from types import SimpleNamespace
from unittest.mock import patch

from lxml import etree
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from odoo.addons.trade_core import limits as core
from odoo.addons.trade_http import deadlines, limits, waiting

from .common import PushCase


def deflate(raw):
    return zlib.compress(raw)


def noise(size):
    """What no compression makes smaller."""
    return base64.b64encode(random.Random(7).randbytes(size))[:size]


class LimitCase(PushCase):
    def set_limit(self, name, value):
        self.env["ir.config_parameter"].set_param(name, value)

    def push_packed(self, packed, encoding="gzip", key=None, **headers):
        headers = {**self.headers(key=key), "Content-Encoding": encoding, **headers}
        return self.post(packed, headers)


@tagged("post_install", "-at_install")
class TestTradeCompressed(LimitCase):
    """Partners may send compressed; we keep what they meant, and no bomb unfolds."""

    def test_what_is_stored_is_the_document(self):
        raw = self.document("PO1", note="x" * 10_000)
        for encoding, packed in (
            ("gzip", gzip.compress(raw)),
            ("x-gzip", gzip.compress(raw, 1)),
            ("GZIP", gzip.compress(raw)),
            ("Deflate", deflate(raw)),
            ("identity", raw),
            ("", raw),
        ):
            with self.subTest(encoding):
                message = self.assertTaken(self.push_packed(packed, encoding))
                self.assertEqual(message._raw(), raw)
                self.assertEqual(message.payload_size, len(raw))

    def test_the_signature_is_over_what_came_over_the_line(self):
        raw = self.document("PO1")
        packed = gzip.compress(raw)
        signed = {**self.signed_headers(packed), "Content-Encoding": "gzip"}
        self.assertEqual(self.assertTaken(self.post(packed, signed))._raw(), raw)
        over_content = {**self.signed_headers(raw), "Content-Encoding": "gzip"}
        with self.assertLogs("odoo.addons.trade_http.intake", "WARNING"):
            self.assertProblem(self.post(packed, over_content), 403, "denied")
        self.assertEqual(len(self.messages()), 1)

    def test_it_is_the_same_document_however_it_was_packed(self):
        """A sender that tries again may compress anew: other bytes on the line, the same document."""
        raw = self.document("PO1")
        first = self.push_packed(gzip.compress(raw, 9, mtime=1), key="key-1")
        for again in (
            self.push_packed(gzip.compress(raw, 1, mtime=2), key="key-1"),
            self.push_packed(deflate(raw), "deflate", key="key-1"),
            self.push(raw, key="key-1"),
        ):
            self.assertEqual((again.status_code, again.content), (202, first.content))
        self.assertEqual(len(self.messages()), 1)
        other = self.push_packed(gzip.compress(self.document("PO2")), key="key-1")
        self.assertProblem(other, 422, "idempotency-key-reused")

    # -- bombs ---------------------------------------------------------------------------------

    def test_what_unfolds_to_too_many_times_its_size(self):
        bomb = gzip.compress(b" " * 19_000_000)
        self.assertLess(len(bomb), 20_000)
        response = self.push_packed(bomb)
        self.assertProblem(response, 413, "too-large-decompressed")
        self.assertFalse(self.messages())
        self.set_limit("trade_http.max_ratio", "2000")
        self.assertTaken(self.push_packed(bomb))

    def test_little_that_repeats_itself_is_no_bomb(self):
        """A small file of equal lines shrinks to a hundredth of its size and more, and harms nobody."""
        raw = b'{"line": 1}\n' * 20_000
        packed = gzip.compress(raw)
        self.assertGreater(len(raw), 100 * len(packed))
        self.assertEqual(self.assertTaken(self.push_packed(packed))._raw(), raw)

    def test_what_unfolds_to_more_than_the_largest_document(self):
        self.set_limit("trade_core.max_bytes", "200000")
        half = noise(100_000)
        packed = gzip.compress(half + half + b" ")
        self.assertLess(len(packed), 200_000)
        body = self.assertProblem(self.push_packed(packed), 413, "too-large-decompressed")
        self.assertIn("200000", body["detail"])
        self.assertFalse(self.messages())
        self.assertTaken(self.push_packed(gzip.compress(half + half)))

    def test_too_large_on_the_line_is_too_large(self):
        self.set_limit("trade_core.max_bytes", "1000")
        self.assertProblem(self.push_packed(noise(1001)), 413, "too-large")

    def test_a_bomb_costs_no_memory(self):
        """No more is unfolded than may be taken."""
        unpacked = []

        class Watched:
            def __init__(self, wbits):
                self._real = zlib.decompressobj(wbits=wbits)

            def decompress(self, data, most):
                part = self._real.decompress(data, most)
                unpacked.append(len(part))
                return part

            def __getattr__(self, name):
                return getattr(self._real, name)

        fake = SimpleNamespace(decompressobj=Watched, error=zlib.error)
        with patch.object(limits, "zlib", fake):
            self.assertProblem(
                self.push_packed(gzip.compress(b" " * 19_000_000)), 413, "too-large-decompressed"
            )
        self.assertLess(sum(unpacked), 2_000_000)

    # -- what is not what it says --------------------------------------------------------------

    def test_broken_content(self):
        packed = gzip.compress(self.document())
        cases = {
            "truncated": packed[:-5],
            "only its beginning": packed[:12],
            "garbage behind it": packed + b"garbage",
            "zeros behind it": packed + b"\0" * 10,
            "a wrong check sum": packed[:-8] + b"\0\0\0\0" + packed[-4:],
            "not compressed": self.document(),
            "a zlib stream": deflate(self.document()),
        }
        for what, body in cases.items():
            with self.subTest(what):
                self.assertProblem(self.push_packed(body), 400, "content-encoding-broken")
        self.assertProblem(self.push_packed(packed, "deflate"), 400, "content-encoding-broken")
        bare = zlib.compressobj(wbits=-15)
        raw_deflate = bare.compress(self.document()) + bare.flush()
        self.assertProblem(self.push_packed(raw_deflate, "deflate"), 400, "content-encoding-broken")
        self.assertFalse(self.messages())

    def test_encodings_we_do_not_read(self):
        packed = gzip.compress(gzip.compress(self.document()))
        for encoding in (
            "br",
            "zstd",
            "compress",
            "gzip, gzip",
            "identity, gzip",
            "deflate,gzip",
            "nonsense",
        ):
            with self.subTest(encoding):
                response = self.push_packed(packed, encoding)
                self.assertProblem(response, 415, "content-encoding")
                self.assertEqual(response.headers["Accept-Encoding"], "gzip, deflate")
        self.assertFalse(self.messages())

    def test_compressed_twice_is_stored_once_unpacked(self):
        """Said once, unpacked once: what is in it is the sender's document, readable or not."""
        inner = gzip.compress(self.document())
        self.assertEqual(self.assertTaken(self.push_packed(gzip.compress(inner)))._raw(), inner)

    def test_what_was_packed_in_members_is_one_content(self):
        raw = self.document("PO1")
        members = b"".join(gzip.compress(part) for part in (raw[:10], b"", raw[10:]))
        self.assertEqual(self.assertTaken(self.push_packed(members))._raw(), raw)

    def test_nothing_compressed_is_nothing(self):
        self.assertProblem(self.push_packed(gzip.compress(b"")), 400, "empty-body")
        self.assertProblem(self.push_packed(b""), 400, "empty-body")
        self.assertFalse(self.messages())


@tagged("post_install", "-at_install")
class TestTradeLimitSettings(LimitCase):
    def test_what_makes_no_sense_falls_back(self):
        for name, (default, least, most) in (limits.SETTINGS | core.SETTINGS).items():
            for given, expected in (
                ("", default),
                ("nonsense", default),
                ("-5", default),
                ("1e9", default),
                ("\u0663", default),  # a digit, but of no system parameter
                ("0", least),
                ("9" * 30, most),
                (f" {default} ", default),
            ):
                with self.subTest(name=name, given=given):
                    self.env["ir.config_parameter"].set_param(name, given)
                    self.assertEqual(limits.setting(self.env, name), expected)

    def test_the_settings_screen_says_why(self):
        """Every limit can be set there, and has a reason."""
        arch = etree.fromstring(self.env["res.config.settings"].get_view(view_type="form")["arch"])
        for name in limits.SETTINGS | core.SETTINGS:
            addon, _dot, short = name.partition(".")
            field = f"{addon.removesuffix('_core')}_{short}"
            [setting] = arch.xpath(f"//setting[.//field[@name='{field}']]")
            self.assertGreater(len(setting.get("help") or ""), 60, name)

    def test_how_many_may_wait_is_a_number(self):
        Settings = self.env["res.config.settings"]
        Settings.create({"trade_http_wait_slots": "3"}).execute()
        self.assertEqual(waiting.slots(self.env), 3)
        for wrong in ("many", "-1", "1001", "1.5"):
            with self.assertRaises(ValidationError):
                Settings.create({"trade_http_wait_slots": wrong})

    def test_a_change_holds_at_once(self):
        self.assertTaken(self.push(b" " * 2000))
        self.set_limit("trade_core.max_bytes", "1000")
        self.assertProblem(self.push(b" " * 2000), 413, "too-large")
        self.set_limit("trade_core.max_bytes", "3000")
        self.assertTaken(self.push(b" " * 2000))


@tagged("post_install", "-at_install")
class TestTradeDeadlines(LimitCase):
    """Slow callers; with real servers and many of them in the tests of the whole system."""

    def test_a_caller_that_stalls_is_told(self):
        self.set_limit("trade_http.body_seconds", "1")
        head = "".join(f"{name}: {value}\r\n" for name, value in self.headers().items())
        with self.allow_requests(all_requests=True), self.line() as line:
            line.sendall(f"POST /trade/v1/order-responses HTTP/1.1\r\nHost: x\r\n{head}".encode())
            line.sendall(b"Content-Length: 100\r\n\r\n{")
            started = time.monotonic()
            answer = b"".join(iter(lambda: line.recv(65536), b"")).decode()
        self.assertIn(" 408 ", answer.partition("\r\n")[0])
        self.assertIn("urn:tradelane:problem:too-slow", answer)
        self.assertLess(time.monotonic() - started, 15)
        self.assertFalse(self.messages())

    def line(self):
        return socket.create_connection(("127.0.0.1", self.http_port()), timeout=20)

    def test_who_does_not_take_its_answer(self):
        """Sips do not count: the time is for all of it."""
        ours, theirs = socket.socketpair()
        self.addCleanup(ours.close)
        self.addCleanup(theirs.close)
        stop = threading.Event()

        def sip():
            while not stop.wait(0.05):
                theirs.recv(1)

        sipping = threading.Thread(target=sip)
        sipping.start()
        deadlines._here.connection = ours
        try:
            deadlines.answer_within(0.5)
            with self.assertRaises(TimeoutError):
                ours.sendall(b"x" * 50_000_000)
        finally:
            deadlines._here.connection = None
            stop.set()
            sipping.join()

    def test_a_time_out_that_is_there_stays(self):
        ours, theirs = socket.socketpair()
        self.addCleanup(ours.close)
        self.addCleanup(theirs.close)
        ours.settimeout(2)
        deadlines._here.connection = ours
        try:
            deadlines.answer_within(30)
        finally:
            deadlines._here.connection = None
        self.assertEqual(ours.gettimeout(), 2)
