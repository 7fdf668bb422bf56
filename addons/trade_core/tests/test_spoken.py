from odoo.tests import TransactionCase, tagged

from odoo.addons.trade_core import spoken
from odoo.addons.trade_kernel import codecs
from odoo.addons.trade_kernel.certification import found
from odoo.addons.trade_kernel.errors import ValidationFailed


@tagged("post_install", "-at_install")
class TestSpoken(TransactionCase):
    """What partners read about errors, in their language."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("de_DE")
        cls.env["res.lang"]._activate_lang("fr_FR")

    def said(self, lang, code, **params):
        return spoken.to_partner(self.env(context={"lang": lang}), code, params)

    def test_in_the_language_of_whoever_reads(self):
        for lang, words in (
            ("de_DE", "Wir haben keine Bestellung P7 mit Ihnen."),
            ("fr_FR", "Nous n'avons pas de commande P7 avec vous."),
            ("en_US", "We have no order P7 with you."),
            (False, "We have no order P7 with you."),
        ):
            with self.subTest(lang):
                self.assertEqual(self.said(lang, "order.unknown", order="P7").message, words)
        self.assertIn("Prüfen Sie die Nummer", self.said("de_DE", "order.unknown", order="P7").remedy)

    def test_words_within_a_sentence_too(self):
        [error] = ValidationFailed(
            "field.type", field="id", expected={"code": "value.list"}, value={"code": "value.empty"}
        ).errors
        words = self.said("de_DE", error.code, **error.params).message
        self.assertEqual(words, "Für id wird erwartet: eine Liste; gefunden wurde: leer.")
        reason = {"code": "file.empty", "params": {}}
        finding = found("ok", "syntax", "certification.refused", reason=reason)
        self.assertEqual(finding.text, "Refused, as it should be: The file is empty.")
        words = self.said("de_DE", finding.code, **finding.params).message
        self.assertEqual(words, "Abgelehnt, wie es sein soll: Die Datei ist leer.")

    def refusal(self, codec, data, lang="de_DE", **options):
        [part] = codecs.get(codec).decode(data, options)
        return self.said(lang, part.errors[0].code, **part.errors[0].params).message

    def test_what_is_wrong_with_an_envelope(self):
        data = b"UNB+UNOC:3+A+B+260302:0915+42'UNH+1+ORDERS:D:96A:UN'BGM+220+P1+9'UNT+3+1'UNZ++42'"
        for lang, words in (
            ("de_DE", "Der Umschlag ist falsch: UNZ nennt als Anzahl: nichts; es sind 1."),
            ("fr_FR", "L'enveloppe est incorrecte : UNZ annonce comme nombre : rien ; il y en a 1."),
            ("en_US", "The envelope is wrong: UNZ announces nothing, but there are 1."),
        ):
            with self.subTest(lang):
                self.assertEqual(self.refusal("edifact", data, lang, strict=True), words)

    def test_what_is_ours_is_not_told(self):
        self.assertIsNone(self.said("de_DE", "codec.crashed", codec="x", detail="secret"))
        ours = {"code": "codec.crashed", "params": {"codec": "x", "detail": "secret"}}
        words = self.said("en_US", "certification.refused", reason=ours).message
        self.assertEqual(words, "Refused, as it should be: there is a difficulty on our side")

    def test_a_placeholder_without_a_value(self):
        self.assertEqual(self.said("de_DE", "field.missing").message, "? fehlt.")
