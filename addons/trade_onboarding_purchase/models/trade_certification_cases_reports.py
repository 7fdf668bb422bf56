from odoo import models
from odoo.tools import formatLang

from odoo.addons.trade_kernel import certification_reports


class TradeCertificationCasesItems(models.AbstractModel):
    """Reports about items: what is asked for is described as the order that would be made of them. Nothing is
    sent; the partner finds the items on its page."""

    _name = "trade.certification.cases.items"
    _inherit = "trade.certification.cases.purchase"
    _description = "Test Cases of Reports about Items"

    _asks = None

    def _stage(self, test, number, day):
        order = test.env["purchase.order"].create(self._prepare_order(test, number, day))
        order.order_line._trade_number()
        return order

    def _describe(self, test, order, document=None):
        return self._order_document(test, order)

    def _is_about(self, test, document):
        """Where numbers of documents cannot be chosen the file is uploaded: any is about the test."""
        return True

    def _lines_words(self, test):
        lines = (test.asked or {}).get("order_lines") or []
        if not lines:
            return super()._lines_words(test)
        return [
            self.env._(
                "Item %(codes)s: %(name)s, unit %(unit)s, at %(price)s %(currency)s",
                codes=" / ".join(
                    line["item"][name]["id"]
                    for name in (
                        "sellers_item_identification",
                        "buyers_item_identification",
                        "standard_item_identification",
                    )
                    if name in line["item"]
                ),
                name=line["item"]["name"],
                unit=line["quantity"]["unit_code"],
                price=formatLang(self.env, float(line["price"]["price_amount"]["value"]), dp="Product Price"),
                currency=line["price"]["price_amount"]["currency_id"],
            )
            for line in lines
        ]


class TradeCertificationCasesInventoryReport(models.AbstractModel):
    """A stock report that has the items that were asked for."""

    _name = "trade.certification.cases.inventory_report"
    _inherit = "trade.certification.cases.items"
    _description = "Test Cases: Stock Report"

    def _findings(self, test, document):
        return certification_reports.stock(test._asked_document(), document)

    def _words(self, test):
        _ = self.env._
        return {
            "malformed": _(
                "Send a stock report with the number of this test that is broken on purpose, for example cut"
                " off in the middle. The test is passed when it is refused for that."
            ),
            "duplicate": _(
                "Send a stock report with the number of this test, and exactly the same file once more."
            ),
        }.get(test.kind) or _(
            "Send a stock report with the number of this test: how much there is of each of these items."
        )


class TradeCertificationCasesPriceCatalogue(models.AbstractModel):
    """A price list that has the items that were asked for."""

    _name = "trade.certification.cases.price_catalogue"
    _inherit = "trade.certification.cases.items"
    _description = "Test Cases: Price List"

    def _findings(self, test, document):
        return certification_reports.prices(test._asked_document(), document, test.expected or {})

    def _words(self, test):
        _ = self.env._
        if test.kind == "changed":
            line = (test.expected or {}).get("line")
            return _(
                "Send a price list with the number of this test: these items, number %s of them at another"
                " price, all others at these prices.",
                line,
            )
        return {
            "malformed": _(
                "Send a price list with the number of this test that is broken on purpose, for example cut"
                " off in the middle. The test is passed when it is refused for that."
            ),
            "duplicate": _(
                "Send a price list with the number of this test, and exactly the same file once more."
            ),
        }.get(test.kind) or _("Send a price list with the number of this test: these items at these prices.")
