from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.trade_kernel import certification_credit
from odoo.addons.trade_kernel.errors import BusinessRefused


class TradeCertificationCasesCreditNote(models.AbstractModel):
    """A test order that counts as delivered and billed, and the supplier's credit note for that invoice.

    Only used where an adapter reads credit notes; see the despatch advice.
    """

    _name = "trade.certification.cases.credit_note"
    _inherit = "trade.certification.cases.invoice"
    _description = "Test Cases: Credit Note"

    def _expected(self, kind, what, count):
        """A part or all of what was billed: neither leaves anything to decide."""
        expected = {"outcome": "accepted"}
        if kind == "partial":
            expected["line"] = str(count)
        return expected

    def _stage(self, test, number, day):
        order = super()._stage(test, number, day)
        try:
            self._bill(order, certification_credit.invoice_of(number))
        except UserError as error:
            raise BusinessRefused("certification.not_billed", reason=str(error)) from error
        return order

    def _bill(self, order, number):
        """The supplier's invoice for everything, as an accountant would enter it."""
        order.action_create_invoice()
        bill = order.invoice_ids
        bill.write({"ref": number, "invoice_date": fields.Date.context_today(order)})
        bill.action_post()

    def _findings(self, test, document):
        return certification_credit.credit(test._asked_document(), document, test.expected or {})

    def _is_about(self, test, document):
        orders = set(certification_credit.orders_named(document))
        about = orders or certification_credit.names_invoice(document, test.number)
        return bool(about) and orders <= {test.number}

    def _intro(self):
        return self.env._(
            "We send an order. Take it that all of it was delivered, and that you billed it: the number of"
            " your invoice is the number of the order and %s. Credit that invoice.",
            certification_credit.SUFFIX,
        )

    def _words(self, test):
        _, line = self.env._, (test.expected or {}).get("line")
        return {
            "partial": _("Credit a part of line %s of the invoice, and nothing else.", line),
            "malformed": _(
                "Send a credit note that is broken on purpose, for example cut off in the middle."
                " The test is passed when it is refused for that."
            ),
            "duplicate": _("Credit all of the invoice, and send exactly the same file twice."),
        }.get(test.kind) or _("Credit all of the invoice.")

    def _lines_words(self, test):
        words = super()._lines_words(test)
        if test.number:
            words.append(self.env._("Your invoice: %s", certification_credit.invoice_of(test.number)))
        return words
