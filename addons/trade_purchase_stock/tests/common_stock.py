import json
import uuid
from datetime import timedelta

from odoo import fields

from odoo.addons.trade_core.pipeline import inbound
from odoo.addons.trade_purchase.tests.common import PurchaseCase


class StockReportCase(PurchaseCase):
    """A vendor who reports stock, as JSON."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stock_route = cls.env["trade.route"].create(cls.stock_route_values(cls.profile, cls.connector))
        cls.Stock = cls.env["trade.supplier.stock"]
        cls.Report = cls.env["trade.supplier.report"]
        cls.today = fields.Date.today()

    @staticmethod
    def stock_route_values(profile, connector):
        return {
            "trade_partner_id": profile.id,
            "connector_id": connector.id,
            "direction": "in",
            "document_type": "inventory_report",
        }

    @classmethod
    def ago(cls, days=0, hours=0):
        """``{issue_date, issue_time}`` of a report issued so long ago."""
        at = fields.Datetime.now() - timedelta(days=days, hours=hours)
        return {"issue_date": str(at.date()), "issue_time": f"{at:%H:%M:%S}+00:00"}

    @classmethod
    def report(cls, *lines, number=None, scope="snapshot", when=None, **header):
        return {
            "document_type": "inventory_report",
            "id": number or f"S-{uuid.uuid4().hex[:8]}",
            **(when or cls.ago()),
            "report_scope": scope,
            "inventory_lines": [{"id": str(at), **line} for at, line in enumerate(lines, 1)],
            **header,
        }

    @staticmethod
    def has(
        code, quantity, kind="available", unit="C62", place=None, day=None, order=None, line=None, **more
    ):
        found = {
            "quantity": {"value": str(quantity), "unit_code": unit},
            "quantity_type_code": kind,
            "item": {"sellers_item_identification": {"id": code}},
        }
        if place:
            found["inventory_location"] = {"id": {"id": place}}
        if day:
            found["availability_date"] = str(day)
        if order or line:
            found["order_line_reference"] = {
                **({"line_id": line} if line else {}),
                **({"order_reference": {"id": order}} if order else {}),
            }
        return {**found, **more}

    @classmethod
    def tell(cls, *reports, route=None):
        return cls.process(*reports, route=route or cls.stock_route)

    @classmethod
    def file(cls, *pieces):
        """A file whose pieces are these reports, stored and not run yet; they are called like pieces are.

        :return: the messages of the pieces
        """
        Message = cls.env["trade.message"]
        whole = cls.receive({"file": uuid.uuid4().hex}, route=cls.stock_route)
        whole._set_state("decoded")
        whole._set_state("applied", "Split")
        number, when = pieces[0]["id"], {name: pieces[0][name] for name in ("issue_date", "issue_time")}
        found = []
        for at, piece in enumerate(pieces, 1):
            said = {**piece, "id": number if at == 1 else f"{number}-{at}", **when}
            receipt = Message._receive(
                json.dumps(said).encode(),
                route=cls.stock_route,
                scope=f"part:{whole.id}",
                key=str(at),
                parent=whole,
            )
            found.append(receipt.message_id)
        return Message.browse(found)

    @classmethod
    def kept(cls, *domain):
        return cls.Stock.search([("trade_partner_id", "=", cls.profile.id), *domain])

    @classmethod
    def rows(cls, kind=None):
        """``{(code, place): quantity}`` of what is kept."""
        cls.env.invalidate_all()
        rows = cls.kept()
        return {(row.item_code, row.location): row.quantity for row in rows if kind in (None, row.kind)}

    @classmethod
    def run_each(cls, messages):
        for message in messages:
            inbound.process(message)
        cls.env.flush_all()
        cls.env.invalidate_all()
