import base64
import json

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.trade_core import limits
from odoo.addons.trade_kernel import codecs
from odoo.addons.trade_kernel.limits import DEFAULT

from .common import TradeCase


@tagged("post_install", "-at_install")
class TestTradeLimits(TradeCase):
    """How large a document may be is said in the settings, and holds whatever way it comes."""

    def set_limit(self, name, value):
        self.env["ir.config_parameter"].set_param(f"trade_core.{name}", value)

    def held(self, raw):
        message = self.arrive(raw)
        self.assertEqual(message.state, "held", message.state_reason)
        return message.exception_id.code

    def test_they_are_the_kernels_unless_set(self):
        self.assertEqual(limits.of(self.env), DEFAULT)

    def test_each_can_be_set_within_its_range(self):
        settings = self.env["res.config.settings"]
        for name, (default, least, most) in limits.SETTINGS.items():
            short = name.partition(".")[2]
            field = f"trade_{short}"
            self.assertEqual(settings.create({})[field], default)
            for value in (least, most):
                settings.create({field: value}).execute()
                self.assertEqual(getattr(limits.of(self.env), short), value)
            for value in (least - 1, most + 1):
                with self.subTest(f"{name} {value}"), self.assertRaises(ValidationError) as caught:
                    settings.create({field: value})
                self.assertIn(f"{least:,}", str(caught.exception))
            self.set_limit(short, "nonsense")
            self.assertEqual(getattr(limits.of(self.env), short), default)
            self.set_limit(short, "")

    def test_they_hold_for_what_arrives(self):
        good, line = self.response("PO1", self.line("TAB-1")), self.line("TAB-1")
        for name, value, raw, code in (
            ("max_bytes", "1000", good + b" " * 1000, "file.too_large"),
            ("max_documents", "1", b"[" + good + b"," + good + b"]", "document.too_many"),
            ("max_depth", "8", b'{"a":' * 9 + b"1" + b"}" * 9, "json.too_deep"),
            ("max_lines", "1", self.response("PO2", line, {**line, "id": "2"}), "document.too_many_lines"),
        ):
            with self.subTest(name):
                self.set_limit(name, value)
                self.assertEqual(self.held(raw), code)
                self.set_limit(name, "")

    def test_all_errors_up_to_as_many_as_one_reads(self):
        self.set_limit("max_errors", "3")
        raw = json.dumps({"document_type": "order_response", **{f"x{n}": 1 for n in range(50)}}).encode()
        message = self.arrive(raw)
        self.assertEqual(message.state, "held")
        found = list(codecs.get("canonical_json").decode(raw, self.route._codec_options()))[0].errors
        self.assertEqual(len(found), 4, "three, and one that says that there are more")
        self.assertEqual(found[-1].code, "errors.more")

    def test_a_route_may_have_its_own(self):
        self.set_limit("max_lines", "1")
        self.route.codec_options = {"limits": {"max_lines": 5}}
        options = self.route._codec_options()["limits"]
        self.assertEqual((options["max_lines"], options["max_depth"]), (5, DEFAULT.max_depth))

    def test_options_are_written_in_json_and_nonsense_is_told(self):
        self.route.codec_options_text = '{"timezone": "Europe/Brussels"}'
        self.assertEqual(self.route.codec_options, {"timezone": "Europe/Brussels"})
        self.assertIn("Brussels", self.route.codec_options_text)
        for nonsense in ("{", "[1]", "5", '"much"'):
            with self.subTest(nonsense), self.assertRaises(ValidationError):
                self.route.codec_options_text = nonsense
        self.route.codec_options_text = " "
        self.assertFalse(self.route.codec_options)

    def test_what_a_route_says_in_nonsense_is_held_with_words(self):
        for nonsense in (5, "much", ["max_lines"], {"max_beauty": 3}, {"max_lines": "many"}):
            with self.subTest(nonsense):
                self.route.codec_options = {"limits": nonsense}
                self.assertEqual(self.held(self.response("PO1", self.line("TAB-1"))), "codec.option")

    def test_a_file_somebody_uploads(self):
        self.set_limit("max_bytes", "1000")
        upload = self.env["trade.message.upload"].create(
            {"route_id": self.route.id, "file": base64.b64encode(b" " * 1001), "filename": "x.json"}
        )
        with self.assertRaises(UserError):
            upload.action_upload()
