from datetime import datetime, time

from odoo import Command, fields, models
from odoo.tools import formatLang

from odoo.addons.trade_kernel.errors import BusinessRefused

_PRODUCTS = 50  # looked at for a test; more are not needed
_QUANTITIES = (10.0, 4.0, 6.0, 12.0)  # of the lines, in turn; each can come short


class TradeCertificationCasesPurchase(models.AbstractModel):
    """Test orders are purchase orders: what is ordered, and the order itself for as long as a try takes."""

    _name = "trade.certification.cases.purchase"
    _inherit = "trade.certification.cases"
    _description = "Test Cases with Purchase Orders"

    _asks = "order"

    def _prepare(self, certification, case):
        products = self._products(certification)
        if not products:
            raise BusinessRefused(
                "certification.no_products", partner=certification.trade_partner_id.name, count=1
            )
        vendor = certification.trade_partner_id.partner_id.commercial_partner_id
        lines = [
            self._spec_line(vendor, self._product(info), quantity, price=info.price)
            for info, quantity in zip(products[: case.line_count], _QUANTITIES * 13, strict=False)
        ]
        return {"spec": {"lines": lines}, "expected": self._expected(case.kind, case.what, len(lines))}

    def _expected(self, kind, what, count):
        """What the kernel checks. The last line is the special one; the others show that all else stays."""
        outcome = {"malformed": "accepted", "duplicate": "accepted"}.get(kind, kind)
        expected = {"outcome": outcome}
        if kind in ("changed", "partial"):
            expected["line"] = str(count)
        if kind == "changed":
            expected["what"] = what or "price"
        return expected

    def _products(self, certification):
        """Vendor prices of the partner that can be ordered by a code, the most important first."""
        vendor = certification.trade_partner_id.partner_id.commercial_partner_id
        infos = self.env["product.supplierinfo"].search(
            [
                ("partner_id", "child_of", vendor.id),
                ("company_id", "in", (certification.company_id.id, False)),
                ("product_tmpl_id.active", "=", True),
            ],
            order="sequence, id",
            limit=_PRODUCTS,
        )
        chosen, seen = infos.browse(), set()
        for info in infos:
            product = self._product(info)
            code = info.product_code or product.default_code or product.barcode
            if product and code and product.id not in seen:
                seen.add(product.id)
                chosen |= info
        return chosen

    @staticmethod
    def _product(info):
        return info.product_id or info.product_tmpl_id.product_variant_id

    def _spec_line(self, vendor, product, quantity, unit=None, price=None):
        """A line as plain values; the product is named as the vendor calls it, by its code."""
        return {
            "product_id": product.id,
            "name": product.with_context(partner_id=vendor.id).display_name,
            "quantity": quantity,
            "uom_id": (unit or product.uom_id).id,
            "uom": (unit or product.uom_id).name,
            "price": price or product.standard_price or 1.0,
        }

    # -- the order -----------------------------------------------------------------------------

    def _stage(self, test, number, day):
        order = test.env["purchase.order"].create(self._prepare_order(test, number, day))
        order.button_confirm()
        if order.state == "to approve":
            order.button_approve(force=True)
        return order

    def _prepare_order(self, test, number, day):
        profile = test.trade_partner_id
        planned = datetime.combine(day, time(11))
        return {
            "name": number,
            "partner_id": profile.partner_id.id,
            "company_id": test.company_id.id,
            "date_planned": planned,
            "order_line": [
                Command.create(self._prepare_line(test, line, planned)) for line in test.spec["lines"]
            ],
        }

    def _prepare_line(self, test, line, planned):
        return {
            "product_id": line["product_id"],
            "name": line["name"],
            "product_qty": line["quantity"],
            "product_uom_id": line["uom_id"],
            "price_unit": line["price"],
            "date_planned": planned,
        }

    def _revision(self, order):
        return order.trade_revision

    def _order_document(self, test, order):
        """The order as it stands, as a document; nothing is sent."""
        certification = test.certification_id
        message = self.env["trade.message"].new(
            {
                "trade_partner_id": test.trade_partner_id.id,
                "company_id": test.company_id.id,
                "route_id": (certification.route_out_id or certification.route_in_id).id,
                "received_at": fields.Datetime.now(),
                "revision": self._revision(order),
            }
        )
        return self.env["trade.adapter.out.order"]._document(message, order)

    def _name_of(self, test):
        lines = (test.spec or {}).get("lines")
        if not test.history_key or not lines:
            return None
        return self.env["trade.certification.history"]._words(test.history_key, lines)

    def _lines_words(self, test):
        lines = (test.spec or {}).get("lines", ())
        return [self._line_words(test, number, line) for number, line in enumerate(lines, 1)]

    def _line_words(self, test, number, line):
        vendor = test.trade_partner_id.partner_id.with_company(test.company_id)
        currency = vendor.property_purchase_currency_id or test.company_id.currency_id
        return self.env._(
            "Line %(number)s: %(quantity)g %(unit)s of %(name)s at %(price)s %(currency)s",
            number=number,
            quantity=line["quantity"],
            unit=line["uom"],
            name=line["name"],
            price=formatLang(self.env, line["price"], dp="Product Price"),
            currency=currency.name,
        )
