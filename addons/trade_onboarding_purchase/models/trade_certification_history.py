from collections import Counter

from odoo import api, models

_LOOKED_AT = 400  # order lines, the newest first
_SPECIAL = 3  # tests of one kind that are made at most


class TradeCertificationHistory(models.AbstractModel):
    """Tests made of what was really ordered from a supplier: products, packs, short deliveries, prices.

    The same past makes the same tests: everything is chosen by number of orders, then by age, then by id.
    """

    _name = "trade.certification.history"
    _description = "Test Cases of What Was Traded"

    @api.model
    def _tests(self, certification, kinds=("accepted", "pack", "partial", "price")):
        """
        :return: list of values of ``trade.certification.test``
        """
        lines = self._lines(certification)
        made = {
            "accepted": self._usual,
            "pack": self._packs,
            "partial": self._partials,
            "price": self._prices,
        }
        return [row for kind in kinds for row in made[kind](lines)] if lines else []

    def _lines(self, certification):
        vendor = certification.trade_partner_id.partner_id.commercial_partner_id
        return self.env["purchase.order.line"].search(
            [
                ("order_id.partner_id", "child_of", vendor.id),
                ("company_id", "=", certification.company_id.id),
                ("state", "=", "purchase"),
                ("display_type", "=", False),
                ("product_id.active", "=", True),
                ("product_qty", ">", 0),
            ],
            order="id desc",
            limit=_LOOKED_AT,
        )

    def _usual(self, lines):
        """The products ordered most often, as they were ordered last."""
        counts = Counter(line.product_id.id for line in lines)
        newest = {}
        for line in lines:
            newest.setdefault(line.product_id.id, line)
        often = sorted(newest, key=lambda product_id: (-counts[product_id], product_id))[:_SPECIAL]
        chosen = [newest[product_id] for product_id in often]
        why = "; ".join(
            self.env._(
                "%(product)s was ordered %(count)s times, last with %(order)s",
                product=line.product_id.display_name,
                count=counts[line.product_id.id],
                order=line.order_id.name,
            )
            for line in chosen
        )
        yield self._row("accepted", chosen, why, "usual")

    def _packs(self, lines):
        """Products ordered in packs: another unit than the one they are kept in."""
        seen = set()
        for line in lines:
            key = (line.product_id.id, line.product_uom_id.id)
            if line.product_uom_id == line.product_id.uom_id or key in seen or len(seen) == _SPECIAL:
                continue
            seen.add(key)
            why = self.env._(
                "%(order)s ordered it in %(unit)s, while it is kept in %(own)s.",
                order=line.order_id.name,
                unit=line.product_uom_id.name,
                own=line.product_id.uom_id.name,
            )
            yield self._row("accepted", [line], why, f"pack:{key[0]}:{key[1]}")

    def _partials(self, lines):
        """Lines that came short."""
        short = lines.filtered(lambda line: 0 < line.qty_received < line.product_qty)
        for line in short[:_SPECIAL]:
            why = self.env._(
                "Of the %(ordered)g %(unit)s ordered with %(order)s, %(received)g came.",
                ordered=line.product_qty,
                unit=line.product_uom_id.name,
                order=line.order_id.name,
                received=line.qty_received,
            )
            yield self._row("partial", [line], why, f"partial:{line.id}", {"line": "1"})

    def _prices(self, lines):
        """Prices that changed from one order to the next, as they did; in the same unit and currency."""
        newest, made = {}, 0
        for line in lines:  # the newest first
            key = (line.product_id.id, line.product_uom_id.id, line.currency_id.id)
            later = newest.setdefault(key, line)
            if later == line or made == _SPECIAL:
                continue
            newest[key] = line
            if later.price_unit == line.price_unit or not line.price_unit:
                continue
            made += 1
            digits = self.env["decimal.precision"].precision_get("Product Price")
            new = round(later.price_unit, digits)
            why = self.env._(
                "The price was %(old)s with %(earlier)s and %(new)s with %(order)s.",
                old=round(line.price_unit, digits),
                earlier=line.order_id.name,
                new=new,
                order=later.order_id.name,
            )
            expected = {"line": "1", "what": "price", "price": str(new)}
            yield self._row("changed", [line], why, f"price:{later.id}", expected)

    @api.model
    def _words(self, key, lines):
        """What a test is called, in the reader's language.

        :param str key: its ``history_key``
        :param lines: those of its ``spec``
        """
        _, line = self.env._, lines[0]
        return {
            "usual": _("What you deliver most often"),
            "pack": _("%(product)s by %(unit)s", product=line["name"], unit=line["uom"]),
            "partial": _("%s comes short", line["name"]),
            "price": _("Another price of %s", line["name"]),
        }[key.partition(":")[0]]

    def _row(self, kind, lines, why, key, expected=None):
        cases = self.env["trade.certification.cases.purchase"]
        spec = [
            cases._spec_line(
                line.partner_id, line.product_id, line.product_qty, line.product_uom_id, line.price_unit
            )
            for line in lines
        ]
        return {
            "name": self._words(key, spec),
            "kind": kind,
            "why": why,
            "history_key": key,
            "spec": {"lines": spec},
            "expected": {"outcome": kind, **(expected or {})},
        }
