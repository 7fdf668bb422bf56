from odoo.tests import TransactionCase, tagged

from odoo.addons.trade_core import spoken
from odoo.addons.trade_kernel import codecs
from odoo.addons.trade_kernel.certification import found
from odoo.addons.trade_kernel.errors import ValidationFailed, said


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

    def refusals(self, codec, data, lang="de_DE", **options):
        [part] = codecs.get(codec).decode(data, options)
        return [self.said(lang, error.code, **error.params).message for error in part.errors]

    def test_what_is_wrong_with_an_envelope(self):
        data = b"UNB+UNOC:3+A+B+260302:0915+42'UNH+1+ORDERS:D:96A:UN'BGM+220+P1+9'UNT+3+1'UNZ++42'"
        for lang, words in (
            ("de_DE", "Der Umschlag ist falsch: UNZ nennt als Anzahl: nichts; es sind 1."),
            ("fr_FR", "L'enveloppe est incorrecte : UNZ annonce comme nombre : rien ; il y en a 1."),
            ("en_US", "The envelope is wrong: UNZ announces nothing, but there are 1."),
        ):
            with self.subTest(lang):
                self.assertEqual(self.refusals("edifact", data, lang, strict=True)[0], words)

    def test_what_parsers_of_others_say(self):
        table = {"format": "csv", "document_type": "order", "rules": [{"to": "id", "source": "id"}]}
        for codec, data, options, words in (
            (
                "ubl",
                b"<Order>\n<ID></Order>",
                {},
                "In Zeile 2, Spalte 13 ist dies kein XML: das Element ID aus Zeile 2 endet als Order.",
            ),
            ("ubl", b"<a>R & D</a>", {}, "als Text schreibt man &amp;."),
            (
                "canonical_json",
                b'{"id": }',
                {},
                "In Zeile 1, Spalte 8 ist dies kein JSON: hier wird ein Wert erwartet.",
            ),
            (
                "layout",
                b"id;a\n1;" + b"x" * 100_001,
                {"layout": table},
                "eine Zelle hat mehr als 100000 Zeichen; vielleicht fehlt ein Anführungszeichen.",
            ),
            (
                "layout",
                b"id;a\nP1;today",
                {
                    "layout": {
                        **table,
                        "rules": [*table["rules"], {"to": "issue_date", "source": "a", "kind": "date"}],
                    }
                },
                "Für issue_date wird erwartet: ein Datum wie 2026-03-31; gefunden wurde: today.",
            ),
        ):
            with self.subTest(words):
                self.assertIn(words, " ".join(self.refusals(codec, data, **options)))

    def test_what_a_schema_says(self):
        detail = said("ubl.schema.unexpected", element="Note", expected="UUID")
        self.assertEqual(
            self.said("de_DE", "ubl.schema", detail=detail).message,
            "Das Dokument folgt nicht dem XML-Schema von UBL: Note wird hier nicht erwartet; erwartet: UUID.",
        )
        # What is said seldom stays as the validator says it, and so does what was stored before.
        words = self.said("de_DE", "ubl.schema", detail="No match").message
        self.assertEqual(words, "Das Dokument folgt nicht dem XML-Schema von UBL: No match.")

    def test_what_is_ours_is_not_told(self):
        self.assertIsNone(self.said("de_DE", "codec.crashed", codec="x", detail="secret"))
        ours = {"code": "codec.crashed", "params": {"codec": "x", "detail": "secret"}}
        words = self.said("en_US", "certification.refused", reason=ours).message
        self.assertEqual(words, "Refused, as it should be: there is a difficulty on our side")

    def test_a_placeholder_without_a_value(self):
        self.assertEqual(self.said("de_DE", "field.missing").message, "? fehlt.")
