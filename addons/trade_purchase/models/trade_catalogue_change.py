from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..bulk_link import BulkLink

KINDS = [
    ("price", "Price"),
    ("new", "New"),
    ("ended", "Ended"),
    ("other", "Terms"),
    ("unknown", "Unknown item"),
]
DECISIONS = [
    ("pending", "To decide"),
    ("accepted", "Accepted"),
    ("applied", "Applied"),
    ("rejected", "Refused"),
]
_EDITABLE = {"chosen_product_id"}


class TradeCatalogueChange(models.Model):
    """What a supplier's catalogue changes about one vendor price: before, after, and who decided.

    Rows are stored in bulk and never edited; only decisions are added. Applied rows are the history of the
    price. What they point to is kept by the tables pointed to (:class:`.BulkLink`).
    """

    _name = "trade.catalogue.change"
    _description = "Change of a Vendor Price"
    _order = "catalogue_id desc, id"
    _rec_name = "code"
    _log_access = False

    catalogue_id = BulkLink("trade.catalogue", required=True, readonly=True, ondelete="cascade")
    company_id = BulkLink("res.company", required=True, readonly=True)
    message_id = BulkLink("trade.message", readonly=True, ondelete="restrict")
    partner_id = fields.Many2one(related="catalogue_id.partner_id", string="Vendor")
    line = fields.Char(readonly=True)
    line_index = fields.Integer(readonly=True, aggregator=None)
    scheme = fields.Char("Kind of code", readonly=True)
    code = fields.Char("Their code", readonly=True)
    name = fields.Char("Their text", readonly=True)
    kind = fields.Selection(KINDS, "What", required=True, readonly=True)
    product_id = BulkLink("product.product", "Variant", readonly=True, ondelete="cascade")
    product_tmpl_id = BulkLink(
        "product.template", "Product", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    supplierinfo_id = BulkLink(
        "product.supplierinfo", "Vendor price", readonly=True, index="btree_not_null", ondelete="set null"
    )
    min_qty = fields.Float("From quantity", digits="Product Unit", readonly=True, aggregator=None)
    product_uom_id = BulkLink("uom.uom", "Unit", readonly=True, ondelete="restrict")
    currency_id = BulkLink("res.currency", readonly=True, ondelete="restrict")
    old_currency_id = BulkLink("res.currency", "Currency before", readonly=True, ondelete="restrict")
    old_price = fields.Float("Old price", min_display_digits="Product Price", readonly=True, aggregator=None)
    old_discount = fields.Float("Old discount (%)", digits="Discount", readonly=True, aggregator=None)
    price = fields.Float("New price", min_display_digits="Product Price", readonly=True, aggregator=None)
    discount = fields.Float("Discount (%)", digits="Discount", readonly=True, aggregator=None)
    percent = fields.Float("Change (%)", digits=(16, 2), readonly=True, aggregator="avg")
    delay = fields.Integer("Lead time", readonly=True, aggregator=None)
    date_start = fields.Date("Valid from", readonly=True)
    date_end = fields.Date("Valid until", readonly=True)
    note = fields.Char("What else", readonly=True)
    flag = fields.Char("Look at it", readonly=True, help="Why this is out of the ordinary.")
    blocked = fields.Boolean(readonly=True, help="Cannot be accepted as it is: it is not clear what holds.")
    decision = fields.Selection(DECISIONS, required=True, readonly=True)
    decided_by_id = BulkLink(
        "res.users", "Decided by", readonly=True, ondelete="restrict", help="Empty: the rules of the route."
    )
    decided_at = fields.Datetime(readonly=True)
    applied_at = fields.Datetime(readonly=True)
    chosen_product_id = BulkLink(
        "product.product", "Your product", ondelete="set null", help="Which of your products the item is."
    )

    _catalogue_idx = models.Index("(catalogue_id, id)")

    def init(self):
        """Room beside every row for what becomes of it, accepted and applied: no index is touched then."""
        self.env.cr.execute("ALTER TABLE trade_catalogue_change SET (fillfactor = 33)")

    # -- CRUD --------------------------------------------------------------------------------------

    def write(self, vals):
        if not self.env.su and vals.keys() - _EDITABLE:
            raise AccessError(
                self.env._("What a catalogue says is a record of facts; only decisions can be added.")
            )
        return super().write(vals)

    # -- deciding ----------------------------------------------------------------------------------

    def action_accept(self):
        """Accept these changes; they are applied in the background."""
        return self._decide("accepted")

    def action_reject(self):
        """Refuse these changes: the vendor prices stay as they are."""
        return self._decide("rejected")

    @api.model
    def action_accept_within(self, *_selected):
        """Ask for the limit within which all changes of the catalogue on the screen are accepted."""
        action = self.env["ir.actions.act_window"]._for_xml_id("trade_purchase.trade_catalogue_accept_action")
        return {**action, "context": {"default_catalogue_id": self.env.context.get("trade_catalogue_id")}}

    def _decide(self, decision):
        self.env["trade.catalogue"]._check_buyer()
        self.check_access("write")
        if not self:
            return False
        catalogues = self.catalogue_id
        blocked = self.filtered("blocked") if decision == "accepted" else self.browse()
        if blocked and len(self) == 1:
            raise UserError(
                self.env._("This cannot be accepted as it is: %s", self.flag or self.note or self.code)
            )
        for catalogue in catalogues:
            rows = self.filtered(lambda row, catalogue=catalogue: row.catalogue_id == catalogue)
            catalogue._decide(decision, SQL("id = ANY(%s)", rows.ids))
        return False

    def action_choose_product(self):
        """Ask which of our products the item is."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Which product is it?"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(self.env.ref("trade_purchase.trade_catalogue_change_view_form_product").id, "form")],
            "target": "new",
        }

    def action_map(self):
        """Remember for this supplier which product the item is, and compare it again."""
        self.ensure_one()
        self.env["trade.catalogue"]._check_buyer()
        self.check_access("write")
        if not self.chosen_product_id:
            raise UserError(self.env._("Choose the product first."))
        if not self.code:
            raise UserError(self.env._("The item has no code that could be remembered. Ask for one."))
        catalogue = self.catalogue_id
        self.env["trade.mapping"].sudo()._learn(
            {
                "company_id": self.company_id.id,
                "trade_partner_id": catalogue.trade_partner_id.id,
                "kind": "product",
                "scheme": self.scheme or False,
                "code": self.code,
                "product_id": self.chosen_product_id.id,
                "state": "confirmed",
            }
        )
        catalogue.sudo()._look_again()
        return {"type": "ir.actions.act_window_close"}

    @api.readonly
    def action_open_product(self):
        """The product, with all its vendor prices."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "product.template",
            "res_id": self.product_tmpl_id.id,
            "view_mode": "form",
        }
