from odoo import Command, models

from odoo.addons.trade_kernel import certification_changes
from odoo.addons.trade_kernel.codecs import layout

_REVISION = "order_reference.sequence_number"
_MORE = 2  # times as much is wanted by the change


class TradeCertificationCasesOrderChange(models.AbstractModel):
    """A test order, a change of it, and the supplier's answer to the change.

    More of the last line is wanted; where the test has more than two lines, the change adds its last one.
    """

    _name = "trade.certification.cases.order_response.order_change"
    _inherit = "trade.certification.cases.order_response"
    _description = "Test Cases: Order Response to a Change"

    _asks = "order_change"
    _after = "order"

    def _from_history(self, certification):
        return []

    def _prepare(self, certification, case):
        prepared = super()._prepare(certification, case)
        lines = prepared["spec"]["lines"]
        added = [lines.pop()] if len(lines) > 2 else []
        number = len(lines)
        if "line" in prepared["expected"]:
            prepared["expected"]["line"] = str(number)
        more = {"line": number, "quantity": lines[-1]["quantity"] * _MORE}
        prepared["spec"] |= {"more": more, "added": added}
        return prepared

    def _go_on(self, test, order):
        spec = test.spec
        changed = order.order_line[spec["more"]["line"] - 1]
        # Odoo looks the price of another quantity up anew: the test asks for the one that was ordered.
        vals = {
            "product_qty": spec["more"]["quantity"],
            "price_unit": changed.price_unit,
            "date_planned": changed.date_planned,
        }
        lines = [Command.update(changed.id, vals)]
        lines += [
            Command.create(self._prepare_line(test, line, order.date_planned)) for line in spec["added"]
        ]
        order.write({"order_line": lines})
        if not order.trade_revision:  # changes wait for a person on this route
            order._trade_next_revision(self._route_before(test))

    def _describe(self, test, order, document=None):
        return self._order_document(test, order)

    def _aside(self, test, document):
        return certification_changes.earlier(test._asked_document(), document)

    def _findings(self, test, document):
        return certification_changes.change(
            test._asked_document(), document, test.expected or {}, self._carries_revision(test)
        )

    def _carries_revision(self, test):
        """Whether the partner's format has a place for the revision: standards have, its own may not."""
        route = test.certification_id.route_in_id
        if route.codec != "layout":
            return True
        return any(rule.to == _REVISION for rule in layout.read(route._codec_options().get("layout")).rules)

    def _intro(self):
        return self.env._(
            "We send an order and then a change of it. Answer the change and name its revision; what is"
            " ordered is what stands after the change."
        )

    def _lines_words(self, test):
        spec = test.spec or {}
        words = super()._lines_words(test)
        if more := spec.get("more"):
            words.append(
                self.env._(
                    "The change: line %(number)s is %(quantity)g %(unit)s",
                    number=more["line"],
                    quantity=more["quantity"],
                    unit=spec["lines"][more["line"] - 1]["uom"],
                )
            )
        for number, line in enumerate(spec.get("added", ()), len(spec.get("lines", ())) + 1):
            words.append(self.env._("The change adds: %s", self._line_words(test, number, line)))
        return words
