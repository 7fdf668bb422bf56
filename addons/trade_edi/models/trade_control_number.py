from odoo import api, fields, models
from odoo.tools import SQL


class TradeControlNumber(models.Model):
    """The last control number a partner was sent, per kind of number.

    Partners notice a missing number as a lost file and a repeated one as a duplicate. So a number is taken
    in the transaction that stores the file it stands in: rolled back with it, there is no gap; and the row's
    lock lets nobody else take the same one. Two lanes that meet here are done again, one after the other.
    """

    _name = "trade.control.number"
    _description = "Control Number"
    _order = "trade_partner_id, kind"
    _rec_name = "kind"

    trade_partner_id = fields.Many2one(
        "trade.partner", "Partner", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="trade_partner_id.company_id", store=True, index=True)
    kind = fields.Char(
        "Number of",
        required=True,
        readonly=True,
        help="The format and what is counted, such as edifact interchange, or x12 850 for the orders in it.",
    )
    last = fields.Integer(
        "Last used",
        required=True,
        help="The next file gets the number after it. Change it only when you take over from another system.",
    )

    _unique_kind = models.UniqueIndex("(trade_partner_id, kind)")
    _last_range = models.Constraint(
        "CHECK (last BETWEEN 0 AND 999999999)", "Control numbers go from 0 to 999,999,999."
    )

    @api.model
    def _next(self, trade_partner, kind, most=999_999_999):
        """Take the next number; after the highest the format has room for, 1 follows.

        :param int most: the highest number
        :raise psycopg2.errors.SerializationFailure: another transaction has just taken one; do it again
        """
        self.flush_model()
        [(number,)] = self.env.execute_query(
            SQL(
                """
            INSERT INTO trade_control_number AS known
                   (trade_partner_id, company_id, kind, last, create_date, write_date, create_uid, write_uid)
            VALUES (%(partner)s, %(company)s, %(kind)s, 1, %(now)s, %(now)s, %(user)s, %(user)s)
            ON CONFLICT (trade_partner_id, kind) DO UPDATE
               SET last = CASE WHEN known.last >= %(most)s THEN 1 ELSE known.last + 1 END,
                   write_date = %(now)s
            RETURNING last""",
                partner=trade_partner.id,
                company=trade_partner.company_id.id,
                kind=kind,
                most=most,
                now=fields.Datetime.now(),
                user=self.env.uid,
            )
        )
        self.invalidate_model(["last"], flush=False)
        return number
