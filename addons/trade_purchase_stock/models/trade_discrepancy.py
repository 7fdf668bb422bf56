from odoo import api, fields, models
from odoo.exceptions import UserError

KINDS = [
    ("damaged", "Damaged"),
    ("wrong_item", "Wrong item"),
    ("quality", "Quality not as agreed"),
    ("expired", "Expired or too short-dated"),
    ("missing", "Missing from the pack"),
    ("other", "Other"),
]
WANTED = [
    ("credit", "Credit it"),
    ("replace", "Send it again"),
    ("return", "Take it back"),
    ("keep", "We keep it"),
]
STATES = [("open", "Not told yet"), ("told", "Told the supplier"), ("settled", "Settled")]


class TradeDiscrepancy(models.Model):
    """What is wrong with goods that came, and what we want the supplier to do about it."""

    _name = "trade.discrepancy"
    _description = "Discrepancy of a Receipt"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _rec_name = "product_id"
    _check_company_auto = True

    picking_id = fields.Many2one(
        "stock.picking", "Receipt", required=True, index=True, ondelete="cascade", check_company=True
    )
    company_id = fields.Many2one(related="picking_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(related="picking_id.partner_id", string="Supplier", store=True, index=True)
    order_line_id = fields.Many2one(
        "purchase.order.line",
        "Order line",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('id', 'in', possible_line_ids)]",
    )
    possible_line_ids = fields.Many2many("purchase.order.line", compute="_compute_possible_line_ids")
    order_id = fields.Many2one(related="order_line_id.order_id", store=True, index=True)
    product_id = fields.Many2one(related="order_line_id.product_id", store=True)
    lot_id = fields.Many2one("stock.lot", domain="[('product_id', '=', product_id)]")
    kind = fields.Selection(KINDS, "What is wrong", required=True, default="damaged", tracking=True)
    quantity = fields.Float(digits="Product Unit", required=True, tracking=True)
    product_uom_id = fields.Many2one(related="order_line_id.product_uom_id", string="Unit")
    wanted = fields.Selection(WANTED, "What we want", required=True, default="credit", tracking=True)
    note = fields.Text("For the supplier")
    state = fields.Selection(STATES, "Status", required=True, default="open", readonly=True, tracking=True)
    authorisation = fields.Char(
        "Return authorisation",
        tracking=True,
        help="The supplier's number under which goods may go back (RMA).",
    )
    return_id = fields.Many2one("stock.picking", readonly=True, copy=False)
    return_state = fields.Selection(related="return_id.state", string="Status of the return")

    _quantity_positive = models.Constraint("CHECK (quantity > 0)", "Say how much is wrong: more than zero.")

    @api.depends("picking_id")
    def _compute_possible_line_ids(self):
        for record in self:
            record.possible_line_ids = record.picking_id.move_ids.purchase_line_id

    @api.constrains("order_line_id", "picking_id", "quantity", "kind")
    def _check_quantity(self):
        for record in self:
            moves = record.picking_id.move_ids.filtered(
                lambda move, line=record.order_line_id: move.purchase_line_id == line
            )
            if not moves:
                raise UserError(self.env._("%s is not in this receipt.", record.product_id.display_name))
            unit, done = record.product_uom_id, record.picking_id.state == "done"
            came = sum(
                move.product_uom._compute_quantity(
                    move.quantity if done else move.quantity or move.product_uom_qty, unit
                )
                for move in moves
            )
            # What is missing from packs counts as having come, and can be damaged no more.
            wrong = sum(
                record.picking_id.trade_discrepancy_ids.filtered(
                    lambda one, line=record.order_line_id: one.order_line_id == line
                ).mapped("quantity")
            )
            if unit.compare(wrong, came) > 0:
                raise UserError(
                    self.env._(
                        "%(wrong)s %(unit)s of %(product)s are said to be wrong, but only %(came)s came.",
                        wrong=wrong,
                        came=came,
                        unit=unit.name,
                        product=record.product_id.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records.picking_id._trade_tell_again()
        return records

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"kind", "quantity", "wanted", "note", "order_line_id", "lot_id"}:
            self.picking_id._trade_tell_again()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_open(self):
        if self.filtered(lambda record: record.state != "open"):
            raise UserError(
                self.env._("The supplier was told about it. Settle it instead, with a note that says why.")
            )

    # -- what people press -------------------------------------------------------------------------

    def action_settle(self):
        self.write({"state": "settled"})

    def action_return(self):
        """Send the goods back: Odoo's own return of this receipt, with exactly this quantity."""
        self.ensure_one()
        self._check_return()
        move = self.picking_id.move_ids.filtered(
            lambda one: one.purchase_line_id == self.order_line_id and one.state == "done"
        )[:1]
        wizard = self.env["stock.return.picking"].create({"picking_id": self.picking_id.id})
        wizard.product_return_moves.quantity = 0
        line = wizard.product_return_moves.filtered(lambda one: one.move_id == move)
        line.quantity = self.product_uom_id._compute_quantity(self.quantity, line.uom_id)
        self.return_id = wizard._create_return()
        self.return_id.origin = self.env._(
            "%(receipt)s, return authorisation %(number)s",
            receipt=self.picking_id.name,
            number=self.authorisation or "–",
        )
        return self.return_id.get_formview_action()

    def _check_return(self):
        """
        :raise UserError: nothing came yet, it goes back already, or the supplier has to agree first
        """
        if self.picking_id.state != "done":
            raise UserError(self.env._("Validate the receipt first; then the goods can go back."))
        if self.return_id and self.return_state != "cancel":
            raise UserError(self.env._("It goes back already, with %s.", self.return_id.name))
        self._check_authorised()

    def _check_authorised(self):
        """
        :raise UserError: the supplier has to agree before goods go back
        """
        for record in self.filtered(lambda one: not one.authorisation):
            profile = self.env["trade.partner"].sudo()._for_partner(record.partner_id, record.company_id)
            if profile.returns_need_authorisation:
                raise UserError(
                    self.env._(
                        "%(supplier)s takes goods back only with an authorisation. Ask for it, and enter its"
                        " number on the discrepancy of %(product)s.",
                        supplier=record.partner_id.commercial_partner_id.name,
                        product=record.product_id.display_name,
                    )
                )

    def action_ask_authorisation(self):
        """Write to the supplier, with what is wrong filled in."""
        self.ensure_one()
        template = self.env.ref("trade_purchase_stock.mail_template_return_authorisation")
        return {
            "type": "ir.actions.act_window",
            "res_model": "mail.compose.message",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_model": self._name,
                "default_res_ids": self.ids,
                "default_template_id": template.id,
                "default_composition_mode": "comment",
            },
        }

    def _words(self):
        """One sentence for the supplier: "2 Units damaged: the box was open. Please credit it.\""""
        self.ensure_one()
        labels = dict(self._fields["kind"]._description_selection(self.env))
        wanted = dict(self._fields["wanted"]._description_selection(self.env))
        text = self.env._(
            "%(quantity)s %(unit)s: %(kind)s",
            quantity=f"{self.quantity:g}",
            unit=self.product_uom_id.name,
            kind=labels[self.kind].lower(),
        )
        said = f"{text}. {(self.note or '').strip()}".strip()
        return f"{said.rstrip('.')}. {wanted[self.wanted]}."


class TradePartner(models.Model):
    _inherit = "trade.partner"

    returns_need_authorisation = fields.Boolean(
        "Returns need their authorisation",
        tracking=True,
        help="Goods go back to this supplier only under a number they gave (RMA).",
    )
