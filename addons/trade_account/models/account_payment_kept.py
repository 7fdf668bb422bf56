from odoo import api, models
from odoo.exceptions import UserError

#: who is paid; what is told under the number of a payment is for them alone
_PAYEE = ("partner_id", "payment_type", "partner_type")


class AccountPayment(models.Model):
    """A payment that a supplier was told of stays theirs, until they were told that it is not made."""

    _inherit = "account.payment"

    def write(self, vals):
        if not vals.keys().isdisjoint(_PAYEE):
            self._trade_check_payee(vals)
        return super().write(vals)

    def _trade_check_payee(self, vals):
        """
        :raise UserError: another one was told of the payment, under this number
        """
        payee = self.env["res.partner"].browse(vals.get("partner_id"))
        others = self.filtered(
            lambda payment: (
                any(vals.get(name, payment[name]) != payment[name] for name in _PAYEE[1:])
                or (
                    "partner_id" in vals
                    and payee.commercial_partner_id != payment.partner_id.commercial_partner_id
                )
            )
        )
        for payment, _facts in others._trade_known():
            raise UserError(
                self.env._(
                    "%(supplier)s was told of %(payment)s. Cancel this payment, so that %(supplier)s is told,"
                    " and enter a new one.",
                    supplier=payment.partner_id.commercial_partner_id.name,
                    payment=payment.name,
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_told(self):
        for payment, facts in self._trade_known():
            if float(facts["total"]):
                raise UserError(
                    self.env._(
                        "%(supplier)s was told of %(payment)s, and not yet that it is not made. Cancel it,"
                        " and delete it when that has left.",
                        supplier=payment.partner_id.commercial_partner_id.name,
                        payment=payment.name,
                    )
                )

    def unlink(self):
        # Of a payment that is gone nothing can leave any more; the look before the commit would miss it.
        self.filtered(lambda payment: payment.state not in ("in_process", "paid")).sudo()._trade_remit({})
        return super().unlink()

    def _trade_known(self):
        """``[(payment, facts)]`` of those that a supplier was told of."""
        told = self.filtered("id")._trade_live_told()
        known = [(payment, self._trade_current(told.get(payment.id))[0]) for payment in self]
        return [(payment, facts) for payment, facts in known if facts]
