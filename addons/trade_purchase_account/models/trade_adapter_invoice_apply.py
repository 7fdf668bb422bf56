from decimal import Decimal
from fractions import Fraction

from odoo import Command, models
from odoo.tools import formatLang

from odoo.addons.trade_kernel.errors import BusinessRefused

# Nobody is told by mail of what a document brought about.
_APPLYING = {"tracking_disable": True, "mail_notify_force_send": False, "mail_create_nosubscribe": True}


class TradeAdapterInInvoice(models.AbstractModel):
    """How a decided invoice becomes a bill: price and quantity as billed, on the lines of the order."""

    _inherit = "trade.adapter.in.invoice"

    def _apply(self, works):
        """See :meth:`trade.adapter._apply`."""
        booked = [work for work in works if work.outcome == "applied"]
        self._take_back(booked)
        vals_list = [self._prepare_bill(work) for work in booked]
        bills = self.env["account.move"].with_context(**_APPLYING).create(vals_list)
        for work, bill in zip(booked, bills, strict=True):
            work.plan.bill = work.record = bill
            self._settle_taxes(work, bill)
            self._check_total(work, bill)
        self.env["trade.bill.match"]._keep(works)
        for work in booked:
            self._attach(work)
            self._tell(work)
        self._post([work for work in booked if work.message.route_id.trade_bill_posting == "post"])
        self._follow_up(booked)

    def _take_back(self, works):
        """Draft bills of revisions that are corrected now do not count any more."""
        for work in works:
            if replaced := work.plan.replaces:
                replaced.bill_id.button_cancel()
                work.notes.append(
                    self.env._("Replaces revision %s, whose draft bill was cancelled.", replaced.revision)
                )
                replaced.state = "ended"

    # -- the bill --------------------------------------------------------------------------------

    def _prepare_bill(self, work):
        plan, document = work.plan, work.document
        company = work.message.company_id
        if plan.orders:
            vals = plan.orders[0].with_context(default_move_type=self._move_type)._prepare_invoice()
        else:
            vals = {"move_type": self._move_type, "partner_id": plan.partner.id, "company_id": company.id}
        payment = next((means.payment_id for means in document.payment_means if means.payment_id), None)
        vals |= {
            "currency_id": work.currency.id,
            "ref": document.document_number,
            "invoice_date": document.issue_date,
            "payment_reference": payment or document.document_number,
            "invoice_origin": ", ".join(plan.orders.mapped("name")),
            "narration": "\n".join(document.note) or vals.get("narration"),
            "reversed_entry_id": plan.credited.id if self._is_credit else False,
            "invoice_line_ids": [Command.create(line) for line in self._prepare_lines(work)],
        }
        if document.due_date:
            vals |= {"invoice_date_due": document.due_date, "invoice_payment_term_id": False}
        return vals

    def _prepare_lines(self, work):
        plan = work.plan
        for sequence, line in enumerate(plan.goods, 10):
            vals = line.order_line._prepare_account_move_line()
            billed = line.match.billed
            quantity = self._as_kept(billed.quantity)
            vals |= {
                "sequence": sequence,
                "quantity": float(quantity),
                "price_unit": float(Fraction(billed.amount) / quantity) if quantity else float(billed.amount),
                "discount": 0.0,
                "tax_ids": [Command.set(self._taxes(work, line).ids)],
            }
            if not billed.quantity:
                vals["quantity"] = 1
            if line.product and line.product != line.order_line.product_id:  # accepted as billed
                vals |= {"product_id": line.product.id, "name": line.product.display_name}
            if line.match.is_price:
                vals |= {
                    "purchase_line_id": False,
                    "trade_price_line_id": line.order_line.id,
                    "name": self.env._("Price of %s", vals["name"]),
                }
            yield vals
        for line in plan.others:
            billed = line.match.billed
            yield self._other_line(
                work, billed.item, billed.quantity, billed.amount, billed.rates, line.product
            )
        for charge in self._unagreed(work, plan.lines):
            yield self._other_line(work, charge.name, Fraction(1), charge.amount, charge.rates)
        if rounding := self._rounding(work):
            name = self.env._("Rounding")
            yield self._other_line(work, name, Fraction(1), rounding, ())

    def _as_kept(self, quantity):
        """A quantity with the decimals that are kept of it: the price of one makes up for the rest."""
        kept = round(quantity, self.env["decimal.precision"].precision_get("Product Unit"))
        return kept or quantity

    def _rounding(self, work):
        """What the document rounds its total by, as far as a line has to bring it."""
        figures = work.plan.invoiced.figures
        total = work.document.legal_monetary_total
        said = total.payable_rounding_amount.value if total and total.payable_rounding_amount else Decimal(0)
        return (
            said
            if said and figures.net + (figures.tax or 0) + said in (figures.gross, figures.gross + said)
            else Decimal(0)
        )

    def _other_line(self, work, name, quantity, amount, rates, product=None):
        """A line that is on no order, on its product or the one for charges."""
        product = product or work.message.company_id.trade_charge_product_id
        return {
            "sequence": 900,
            "product_id": product.id,
            "product_uom_id": product.uom_id.id,
            "name": name,
            "quantity": float(quantity),
            "price_unit": float(Fraction(amount) / quantity) if quantity else float(amount),
            "tax_ids": [Command.set(self._taxes_at(work, rates, product).ids)],
        }

    # -- taxes -----------------------------------------------------------------------------------

    def _taxes(self, work, line):
        """The taxes of the order line; where another rate was accepted, ours of that rate."""
        ours, rates = line.order_line.tax_ids, line.match.billed.rates
        accepted = any(one.dimension == "tax" for one in line.deviations)
        if not accepted or rates is None:
            return self._without_price(work, ours)
        return self._taxes_at(work, rates, line.order_line.product_id)

    def _without_price(self, work, taxes):
        """The amounts of documents are without taxes: taxes that are in the price have a twin that is not."""
        flat = taxes.flatten_taxes_hierarchy()
        if not any(tax.price_include for tax in flat):
            return taxes
        return self._taxes_at(work, tuple(Fraction(repr(tax.amount)) for tax in flat), None)

    def _taxes_at(self, work, rates, product):
        """Our purchase taxes with these rates: those of the order first, then the product's, then the
        company's."""
        company = work.message.company_id
        position = work.plan.orders[:1].fiscal_position_id
        own = (
            position.map_tax(
                product.supplier_taxes_id.filtered_domain(
                    self.env["account.tax"]._check_company_domain(company)
                )
            )
            if product
            else self.env["account.tax"]
        )
        if rates is None:
            return own
        ordered = work.plan.orders.order_line.tax_ids
        found = self.env["account.tax"]
        for rate in rates:
            pool = (ordered | own).filtered(lambda tax, rate=rate: _has_rate(tax, rate))
            found |= pool[:1] or self._company_tax(company, rate)
        return found

    def _company_tax(self, company, rate):
        if not rate:
            return self.env["account.tax"]
        return self.env["account.tax"].search(
            [
                *self.env["account.tax"]._check_company_domain(company),
                ("type_tax_use", "=", "purchase"),
                ("amount_type", "=", "percent"),
                ("amount", "=", float(rate)),
                ("price_include", "=", False),
            ],
            limit=1,
        )

    def _settle_taxes(self, work, bill):
        """The tax of the bill is the document's: whether it was rounded per line or per document, and where a
        person accepted another amount, the tax line follows."""
        said = work.plan.invoiced.figures.tax
        if said is None or not bill.currency_id.compare_amounts(bill.amount_tax, float(said)):
            return
        lines = bill.line_ids.filtered("tax_line_id").sorted(lambda line: -abs(line.amount_currency))
        if not lines:
            return
        sign = -1 if self._is_credit else 1
        more = float(said) - bill.amount_tax
        lines[0].amount_currency = bill.currency_id.round(lines[0].amount_currency + sign * more)

    def _check_total(self, work, bill):
        """The last word: the bill comes to what the document says.

        :raise BusinessRefused: it does not
        """
        figures = work.plan.invoiced.figures
        theirs = float(figures.gross)
        if not bill.currency_id.compare_amounts(
            bill.amount_total, theirs + float(self._still_to_round(work))
        ):
            return
        raise BusinessRefused(
            "bill.total_differs",
            number=work.document.document_number,
            ours=formatLang(self.env, bill.amount_total, currency_obj=bill.currency_id),
            theirs=formatLang(self.env, theirs, currency_obj=bill.currency_id),
            subject=work.document.document_number,
        )

    def _still_to_round(self, work):
        """The rounding that is not in the document's total with tax."""
        figures, rounding = work.plan.invoiced.figures, self._rounding(work)
        return rounding if rounding and figures.net + (figures.tax or 0) == figures.gross else Decimal(0)

    # -- what follows ----------------------------------------------------------------------------

    def _attach(self, work):
        """The files that came with the invoice, its picture first."""
        bill, match = work.plan.bill, work.plan.kept
        copies = match._attachments().copy({"res_model": bill._name, "res_id": bill.id})
        bill._message_set_main_attachment_id(copies)

    def _tell_prepaid(self, work):
        """Nobody pays twice: what the document says was paid before is set off by a person."""
        bill, figures = work.plan.bill, work.plan.invoiced.figures
        if not figures.prepaid:
            return
        prepaid, left = (
            formatLang(self.env, float(value), currency_obj=bill.currency_id)
            for value in (figures.prepaid, figures.payable)
        )
        text = self.env._("%(prepaid)s were paid before: set them off, %(left)s are left to pay.",
                          prepaid=prepaid, left=left)  # fmt: skip
        work.notes.append(text)
        bill.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=text,
            user_id=work.plan.orders[:1].user_id.id or self.env.uid,
        )

    def _tell(self, work):
        plan = work.plan
        self._tell_prepaid(work)
        work.notes += plan.remarks
        people = sorted({line.row.decided_by_id.name for line in plan.lines if line.row})
        if people:
            work.notes.append(self.env._("Decided by %s.", ", ".join(people)))
        if work.notes:
            plan.bill.with_context(**_APPLYING).message_post(body=" ".join(work.notes))

    def _post(self, works):
        """Post what nobody has to look at; what was paid before is set off first."""
        open_works = [work for work in works if not work.plan.invoiced.figures.prepaid]
        bills = self.env["account.move"].union(*(work.plan.bill for work in open_works))
        if bills:
            bills.with_context(**_APPLYING).action_post()

    def _follow_up(self, works):
        """Credit notes may have waited for these invoices."""
        if works:
            numbers = [f"invoice:{work.document.document_number}" for work in works]
            self.env["trade.exception"]._arrived(works[0].message.trade_partner_id, numbers)


def _has_rate(tax, rate):
    return tax.amount_type == "percent" and not tax.price_include and Fraction(repr(tax.amount)) == rate
