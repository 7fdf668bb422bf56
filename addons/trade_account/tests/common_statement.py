import json
import uuid
from datetime import timedelta
from decimal import Decimal

from odoo import Command

from odoo.addons.trade_core.pipeline import inbound

from .common import DAY, AccountCase

AS_OF = DAY + timedelta(days=29)


class StatementCase(AccountCase):
    """A supplier whose statements of account come as JSON."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.route = cls.statement_route(cls.profile)
        cls.bank = cls.company_data["default_journal_bank"]
        line = cls.bank.outbound_payment_method_line_ids[:1]
        line.payment_account_id = cls.env["account.account"].create(
            {"name": "Outstanding", "code": "OUT1", "account_type": "asset_current", "reconcile": True}
        )

    @classmethod
    def statement_route(cls, profile):
        connector = (
            cls.env["trade.connector"]
            .sudo()
            .create(
                {
                    "name": "Supplier",
                    "trade_partner_id": profile.id,
                    "transport": "manual",
                    "company_id": profile.company_id.id,
                }
            )
        )
        return (
            cls.env["trade.route"]
            .sudo()
            .create(
                {
                    "trade_partner_id": profile.id,
                    "connector_id": connector.id,
                    "direction": "in",
                    "document_type": "account_statement",
                }
            )
        )

    # -- our books -------------------------------------------------------------------------------

    @classmethod
    def bill(cls, ref, amount, kind="in_invoice", **vals):
        """A bill of ``amount`` without tax."""
        lines = [
            Command.create(
                {"name": "Goods", "quantity": 1, "price_unit": amount, "tax_ids": [Command.clear()]}
            )
        ]
        return cls.make_invoice(kind, ref=ref, **{"date": DAY, "invoice_line_ids": lines, **vals})

    @classmethod
    def pay(cls, bills, amount=None, day=DAY, **vals):
        wizard = (
            cls.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=bills.ids)
            .create({"payment_date": day, "journal_id": cls.bank.id, "group_payment": True, **vals})
        )
        if amount:
            wizard.amount = amount
        return wizard._create_payments()

    # -- documents -------------------------------------------------------------------------------

    @staticmethod
    def line(number, amount, kind=None, day=DAY, **more):
        side = "debit_amount" if amount >= 0 else "credit_amount"
        found = {side: {"value": f"{abs(amount):.2f}", "currency_id": "USD"}, **more}
        if number:
            found["document_reference"] = {"id": number, **({"issue_date": str(day)} if day else {})}
        return {**found, "line_type_code": kind} if kind else found

    @classmethod
    def statement(cls, *lines, number=None, closing=None, currency="USD", as_of=AS_OF, **more):
        text = json.dumps(
            {
                "document_type": "account_statement",
                "id": number or f"SOA-{uuid.uuid4().hex[:6]}",
                "issue_date": str(as_of + timedelta(days=2)),
                "document_currency_code": currency,
                "statement_period": {"end_date": str(as_of)},
                "statement_lines": [{"id": str(place), **line} for place, line in enumerate(lines, 1)],
                **more,
                **(
                    {"closing_balance": {"value": str(closing), "currency_id": currency}}
                    if closing is not None
                    else {}
                ),
            }
        )
        return text.replace('"USD"', json.dumps(currency))

    @classmethod
    def process(cls, *texts, route=None):
        Message = cls.env["trade.message"].sudo()
        route = route or cls.route
        receipts = [
            Message._receive(
                text if isinstance(text, bytes) else text.encode(),
                route=route,
                scope="test",
                key=uuid.uuid4().hex,
            )
            for text in texts
        ]
        messages = Message.browse([receipt.message_id for receipt in receipts])
        inbound.process(messages.with_company(route.company_id))
        cls.env.flush_all()
        cls.env.invalidate_all()
        return messages

    def came(self, *lines, **more):
        """The statement that came of this document."""
        message = self.process(self.statement(*lines, **more))
        self.assertEqual(message.state, "applied", message.state_reason)
        found = self.env["trade.statement"].search([("trade_message_id", "=", message.id)])
        self.check(found)
        return found

    def check(self, statement):
        """The rows explain the difference of the balances, to the cent."""
        cents = [Decimal(str(round(value, 2))) for value in statement.line_ids.mapped("difference")]
        whole = Decimal(str(round(statement.their_balance - statement.our_balance, 2)))
        self.assertEqual(sum(cents), whole, statement.line_ids.mapped("verdict"))
        self.assertEqual(round(statement.difference, 2), float(whole))

    def says(self, statement):
        """``[(number or our number, verdict, difference)]``"""
        return [
            (line.number or line.our_number or line.verdict, line.verdict, line.difference)
            for line in statement.line_ids.sorted("sequence")
        ]


__all__ = ["AS_OF", "DAY", "Command", "StatementCase"]
