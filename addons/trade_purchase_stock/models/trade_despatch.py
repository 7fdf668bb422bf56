from odoo import api, fields, models

STATES = [
    ("announced", "Announced"),
    ("in_transit", "On its way"),
    ("arrived", "Arrived"),
    ("delivered", "Delivered"),
    ("received", "Received"),
    ("cancelled", "Cancelled"),
]
OPEN = ("announced", "in_transit", "arrived", "delivered")


class TradeDespatch(models.Model):
    """Goods a supplier says are on their way: one despatch advice, with all its revisions."""

    _name = "trade.despatch"
    _description = "Incoming Shipment"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "eta desc, id desc"
    _rec_name = "number"

    number = fields.Char("Despatch advice", required=True, readonly=True)
    revision = fields.Integer(readonly=True, aggregator=None)
    state = fields.Selection(STATES, required=True, readonly=True, default="announced", tracking=True)
    trade_partner_id = fields.Many2one(
        "trade.partner", "Trading partner", required=True, readonly=True, index=True, ondelete="restrict"
    )
    partner_id = fields.Many2one(
        "res.partner", "Vendor", related="trade_partner_id.partner_id", store=True, index=True
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    message_ref_id = fields.Many2one(
        "trade.message", "Despatch advice as it came", readonly=True, index="btree_not_null",
        groups="trade_core.group_trade_user",
    )  # fmt: skip
    despatched_on = fields.Date("Despatched", readonly=True)
    eta = fields.Date("Arrives", readonly=True, tracking=True, index=True)
    eta_as_of = fields.Datetime(
        "Arrival said at", readonly=True, help="When the arrival was said last; older words do not move it."
    )
    carrier = fields.Char(readonly=True)
    reference_ids = fields.One2many("trade.despatch.reference", "despatch_id", readonly=True)
    tracking = fields.Char("Tracking numbers", compute="_compute_tracking")
    line_ids = fields.One2many("trade.despatch.line", "despatch_id", "Goods", readonly=True)
    unit_ids = fields.One2many("trade.despatch.unit", "despatch_id", "Packages", readonly=True)
    package_count = fields.Integer(compute="_compute_counts")
    move_ids = fields.One2many("stock.move", "trade_despatch_id", readonly=True)
    picking_ids = fields.One2many("stock.picking", "trade_despatch_id", "Receipts", readonly=True)
    picking_count = fields.Integer(compute="_compute_counts")
    order_ids = fields.Many2many("purchase.order", "trade_despatch_order_rel", readonly=True, string="Orders")
    order_count = fields.Integer(compute="_compute_counts")
    message_total = fields.Integer("Documents", compute="_compute_message_total", compute_sudo=True)
    trade_scan = fields.Char("Scan a package", store=False, help="See the widget trade_scan.")
    trouble = fields.Char(
        readonly=True, help="What the carrier says is wrong, as long as it is the last word."
    )
    is_late = fields.Boolean(compute="_compute_is_late", search="_search_is_late")

    _number_unique = models.UniqueIndex(
        "(company_id, trade_partner_id, number)", "This despatch advice is here already."
    )
    _open_idx = models.Index("(company_id, eta) WHERE state NOT IN ('received', 'cancelled')")

    @api.depends("reference_ids")
    def _compute_tracking(self):
        for despatch in self:
            despatch.tracking = ", ".join(
                despatch.reference_ids.filtered(lambda one: one.kind != "shipment").mapped("name")
            )

    @api.depends("unit_ids", "picking_ids", "order_ids")
    def _compute_counts(self):
        for despatch in self:
            despatch.package_count = len(despatch.unit_ids)
            despatch.picking_count = len(despatch.picking_ids)
            despatch.order_count = len(despatch.order_ids)

    def _compute_message_total(self):
        counts = dict(
            self.env["trade.message"]._read_group(
                [("res_model", "=", self._name), ("res_id", "in", self.ids)], ["res_id"], ["__count"]
            )
        )
        for despatch in self:
            despatch.message_total = counts.get(despatch.id, 0)

    @api.depends("eta", "state")
    def _compute_is_late(self):
        today = fields.Date.context_today(self)
        for despatch in self:
            despatch.is_late = bool(despatch.state in OPEN and despatch.eta and despatch.eta < today)

    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        late = [("state", "in", OPEN), ("eta", "<", fields.Date.context_today(self))]
        return late if True in value else ["!", "&", *late]

    # -- what people press -----------------------------------------------------------------------

    def action_orders(self):
        return self._action_of(self.order_ids, self.env._("Orders of %s", self.number))

    def action_receipts(self):
        return self._action_of(self.picking_ids, self.env._("Receipts of %s", self.number))

    def action_messages(self):
        messages = self.env["trade.message"].search(
            [("res_model", "=", self._name), ("res_id", "=", self.id)]
        )
        return self._action_of(messages, self.env._("Documents of %s", self.number))

    def _action_of(self, records, name):
        self.ensure_one()
        action = {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": records._name,
            "view_mode": "list,form",
            "domain": [("id", "in", records.ids)],
            "context": {"create": False},
        }
        if len(records) == 1:
            action.update(view_mode="form", res_id=records.id)
        return action

    # -- what happens to it ----------------------------------------------------------------------

    def _is_touched(self):
        """The receipts in which goods of it are being received, or were."""
        lines = self.move_ids.filtered(lambda move: move.state == "done" or move.picked)
        return lines.picking_id

    def _check_received(self):
        """Shipments of which nothing is to be received any more have arrived."""
        for despatch in self.filtered(lambda one: one.state in OPEN):
            moves = despatch.move_ids.filtered(lambda move: move.state != "cancel")
            if moves and all(move.state == "done" for move in moves):
                despatch.state = "received"

    def _tell_unwanted(self, line, coming, wanted):
        """The buyer has to stop goods that are on their way, or to send them back.

        :param line: the order line that was cancelled or changed
        :param coming: what is announced of it, in its unit
        :param wanted: how much of that is still ordered
        """
        self.ensure_one()
        order = line.order_id
        summary = self.env._(
            "%(coming)s %(unit)s of %(product)s are on their way, %(wanted)s are still ordered (%(order)s)",
            coming=f"{coming:g}",
            wanted=f"{wanted:g}",
            unit=line.product_uom_id.name,
            product=line.product_id.display_name,
            order=order.name,
        )
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=summary,
            note=self.env._(
                "Ask the supplier to stop them, or refuse them or send them back when they come."
            ),
            user_id=order.user_id.id or self.env.uid,
        )

    def _set_eta(self, day, as_of):
        """Move the arrival, unless something newer was said about it already.

        :param as_of: naive UTC instant at which it was said
        :return: whether it moved
        """
        self.ensure_one()
        if not day or (self.eta_as_of and as_of < self.eta_as_of):
            return False
        moved = self.eta != day
        self.write({"eta": day, "eta_as_of": as_of})
        if moved and self.state in OPEN:
            self._plan_moves()
        return moved
