from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import html2plaintext

from ..tools import bulk_update


class PurchaseOrder(models.Model):
    """What an order says beside its lines: a change of that, too, is nothing the supplier must not know."""

    _inherit = "purchase.order"

    trade_asked_terms = fields.Json(
        readonly=True,
        copy=False,
        help="What the supplier was told beside the lines: {field: id, ids or text, notes: texts}.",
        groups="base.group_user",
    )

    def write(self, vals):
        if vals.get("partner_id"):
            self._trade_check_vendor(self.env["res.partner"].browse(vals["partner_id"]))
        return super().write(vals)

    def _trade_check_vendor(self, vendor):
        """An order keeps the vendor that has it: what is asked, promised and told under its number is theirs.

        :raise UserError: it has left to another one
        """
        others = self.filtered(
            lambda order: (
                order.trade_last_ref
                and order.partner_id.commercial_partner_id != vendor.commercial_partner_id
                and any(message._may_have_left() for message in order._trade_sent_messages())
            )
        )
        if others:
            order = others[0]
            raise UserError(
                self.env._(
                    "%(vendor)s has %(order)s under this number. Duplicate the order for another vendor, and"
                    " cancel this one, so that %(vendor)s is told.",
                    vendor=order.partner_id.commercial_partner_id.name,
                    order=order.name,
                )
            )

    def _trade_agreement(self):
        """The agreement with the vendor the order draws on; a template is ours alone. ``None`` where Odoo's
        purchase agreements are not installed."""
        if "requisition_id" not in self._fields:
            return None
        return self.requisition_id.filtered(lambda agreement: agreement.requisition_type == "blanket_order")

    def _trade_term_fields(self):
        """The names of the fields that are told beside the lines."""
        names = {"note", "payment_term_id", "incoterm_id", "dest_address_id", "currency_id", "trade_file_ids"}
        return names | ({"requisition_id"} & self._fields.keys())

    def _trade_terms(self):
        """What this order says beside its lines, as the ledger keeps it."""
        self.ensure_one()
        values = {}
        for name in sorted(self._trade_term_fields()):
            field, value = self._fields[name], self.sudo()[name]
            if name == "requisition_id":
                value = self.sudo()._trade_agreement()
            if field.type == "many2one":
                values[name] = value.id
            elif field.type == "many2many":
                values[name] = sorted(value.ids)
            else:
                values[name] = html2plaintext(value or "").strip()
        notes = self.order_line.filtered(lambda line: line.display_type == "line_note")
        return {**values, "notes": notes.sorted(lambda line: (line.sequence, line.id)).mapped("name")}

    def _trade_note_terms(self):
        """Note what the supplier is told from now on."""
        bulk_update(self, {order.id: {"trade_asked_terms": order._trade_terms()} for order in self})

    def _trade_changed_since_asked(self):
        """Whether the order says something else than was sent or promised: somebody changed it in Odoo."""
        self.ensure_one()
        known, now = self.trade_asked_terms or {}, self._trade_terms()
        changed = {name for name, value in known.items() if now.get(name) != value}
        if changed == {"trade_file_ids"} and not self.trade_sends_files:
            changed = set()
        return bool(changed or self.order_line._trade_changed_since_asked())
