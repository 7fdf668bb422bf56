from datetime import UTC

from odoo import models

from odoo.addons.trade_core import parties
from odoo.addons.trade_kernel.canonical import (
    Amount,
    DocumentReference,
    PaymentMeans,
    RemittanceAdjustment,
    RemittanceAdvice,
    RemittanceAdviceLine,
)


class TradeAdapterOutRemittanceAdvice(models.AbstractModel):
    """A payment as the supplier is told of it."""

    _name = "trade.adapter.out.remittance_advice"
    _inherit = ["trade.adapter"]
    _description = "Remittance Advice, to the Supplier"

    def _collect(self, message, record):
        """See :meth:`trade.adapter._collect`. What is told is what there was to tell when it was queued: a
        later change is the next revision."""
        facts = message.sudo().trade_remittance
        payer, payee = parties.ours_and_theirs(message.company_id, message.trade_partner_id)
        issued = message.received_at.replace(tzinfo=UTC)
        return RemittanceAdvice(
            id=message.document_number,
            sequence_number=message.revision,
            issue_date=issued.date(),
            issue_time=issued.timetz(),
            note=tuple(facts["notes"]),
            document_currency_code=facts["currency"],
            total_payment_amount=self._amount(facts["total"], facts),
            payment_date=facts["date"],
            payment_order_reference=message.document_number,
            payer_party=payer,
            payee_party=payee,
            payment_means=PaymentMeans(**facts["means"]) if facts["means"] else None,
            remittance_lines=tuple(
                self._line(number, line, facts) for number, line in enumerate(facts["lines"], 1)
            ),
        )

    def _line(self, number, line, facts):
        document = None
        if line["number"]:
            document = DocumentReference(
                id=line["number"], document_type_code=line["type"], issue_date=line["issued"]
            )
        return RemittanceAdviceLine(
            id=str(number),
            note=(line["note"],) if line["note"] else (),
            billing_reference=document,
            paid_amount=self._amount(line["paid"], facts),
            invoice_amount=self._amount(line["invoiced"], facts),
            discount_amount=self._amount(line["discount"], facts),
            adjustments=tuple(
                RemittanceAdjustment(reason=reason, amount=self._amount(amount, facts))
                for reason, amount in line["adjustments"]
            ),
        )

    def _amount(self, value, facts):
        return None if value is None else Amount(value=value, currency_id=facts["currency"])
