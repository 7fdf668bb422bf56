import json

from odoo import models


class TradeBenchResponse(models.AbstractModel):
    """The smallest handler that does what a buyer expects of an order response: dates and acknowledgement."""

    _name = "trade.bench.response"
    _inherit = ["edi.oca.handler.process"]
    _description = "Benchmark: order response"

    def process(self, exchange_record):
        self._apply([json.loads(exchange_record._get_file_content())])

    def _apply(self, documents):
        """Write answers with plain ORM calls; the floor every pipeline is measured against. The orders of a
        batch are found in one query, as anybody would who cares for speed."""
        names = [document["order_reference"]["id"] for document in documents]
        orders = {order.name: order for order in self.env["purchase.order"].search([("name", "in", names)])}
        for document in documents:
            order = orders[document["order_reference"]["id"]]
            lines = {str(number): line for number, line in enumerate(order.order_line, 1)}
            for answer in document["order_lines"]:
                line = lines[answer["order_line_reference"]["line_id"]]
                line.date_planned = answer["promised_delivery_period"]["end_date"] + " 12:00:00"
            order.write({"acknowledged": True, "partner_ref": document["id"]})
