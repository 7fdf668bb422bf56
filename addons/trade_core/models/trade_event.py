import uuid

from odoo import api, fields, models


class TradeEvent(models.Model):
    """A business event, written in the business transaction: rolled back with it, never lost after it."""

    _name = "trade.event"
    _description = "Business Event"
    _order = "id desc"
    _rec_name = "type"

    # CloudEvents 1.0 attributes (CNCF, section 3.1)
    uid = fields.Char(
        "Event id", required=True, readonly=True, default=lambda self: str(uuid.uuid4()), index=True
    )
    type = fields.Char(
        required=True, readonly=True, index=True, help="Versioned, for example tradelane.order.confirmed.v1."
    )
    source = fields.Char(required=True, readonly=True)
    subject = fields.Char(readonly=True)
    time = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    data = fields.Json(readonly=True)
    res_model = fields.Char(required=True, readonly=True)
    res_id = fields.Many2oneReference(model_field="res_model", required=True, readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    trade_partner_id = fields.Many2one("trade.partner", readonly=True, index="btree_not_null")
    message_ids = fields.One2many("trade.message", "event_id", readonly=True)

    _record_idx = models.Index("(res_model, res_id)")

    @api.model
    def _emit(self, event_type, record, *, trade_partner=None, data=None):
        """Write an event for ``record`` in the current transaction.

        :param str event_type: versioned type, ``tradelane.<aggregate>.<what happened>.v<n>``
        :return: the event; routes and subscriptions turn it into messages
        """
        return self.sudo().create(
            {
                "type": event_type,
                "source": f"/{self.env.cr.dbname}/{record._name}",
                "subject": record.display_name,
                "data": data or {},
                "res_model": record._name,
                "res_id": record.id,
                "company_id": record.company_id.id,
                "trade_partner_id": trade_partner.id if trade_partner else False,
            }
        )
