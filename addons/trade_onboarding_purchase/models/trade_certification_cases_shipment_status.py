from datetime import UTC, datetime

from odoo import models

from odoo.addons.trade_kernel import certification_reports
from odoo.addons.trade_kernel.canonical import DocumentReference, Period, ShipmentEvent, ShipmentStatus


class TradeCertificationCasesShipmentStatus(models.AbstractModel):
    """Where a shipment is, said by the supplier or the carrier of a shipment that is there for the test."""

    _name = "trade.certification.cases.shipment_status"
    _inherit = "trade.certification.cases"
    _description = "Test Cases: Shipment Status"

    def _prepare(self, certification, case):
        outcome = "changed" if case.kind == "changed" else "accepted"
        return {"spec": {}, "expected": {"outcome": outcome, "what": "day"}}

    def _stage(self, test, number, day):
        return test.env["trade.despatch"].create(
            {
                "number": number,
                "trade_partner_id": test.trade_partner_id.id,
                "company_id": test.company_id.id,
                "eta": day,
            }
        )

    def _describe(self, test, despatch, document=None):
        today = datetime.now(UTC).date()
        return ShipmentStatus(
            id=despatch.number,
            issue_date=today,
            despatch_document_reference=(DocumentReference(id=despatch.number),),
            estimated_delivery_period=Period(end_date=despatch.eta),
            transport_events=(ShipmentEvent(status_code="announced", occurrence_date=today),),
        )

    def _findings(self, test, document):
        return certification_reports.shipment(test._asked_document(), document, test.expected or {})

    def _is_about(self, test, document):
        return test.number in certification_reports.numbers(document)

    def _words(self, test):
        _ = self.env._
        return {
            "accepted": _(
                "Send a status of the shipment with the number of this test: picked up, comes in time."
            ),
            "changed": _("Send a status of the shipment with the number of this test: it comes a day later."),
            "malformed": _(
                "Send a status of this shipment that is broken on purpose, for example cut off in the middle."
                " The test is passed when it is refused for that."
            ),
            "duplicate": _(
                "Send a status of the shipment with the number of this test, and exactly the same file once"
                " more."
            ),
        }[test.kind]

    def _lines_words(self, test):
        if not test.wanted_on:
            return []
        return [self.env._("Planned for %s", test.wanted_on.isoformat())]
