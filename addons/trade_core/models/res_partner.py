from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    trade_change_count = fields.Integer(
        "Proposed by the partner",
        compute="_compute_trade_change_count",
        groups="trade_core.group_trade_user",
    )

    def write(self, vals):
        """A number by which documents name companies runs those that waited for it."""
        if not vals.keys() & {"vat", "ref"}:
            return super().write(vals)
        Profile = self.env["trade.partner"].sudo()
        profiles = Profile.search(
            fields.Domain("partner_id", "in", self.ids)
            | fields.Domain("partner_id.commercial_partner_id", "in", self.ids)
        )
        before = profiles._numbers()
        result = super().write(vals)
        profiles._run_waiting(before ^ profiles._numbers())
        return result

    def _compute_trade_change_count(self):
        companies = self.commercial_partner_id
        found = dict(
            self.env["trade.data.change"]._read_group(
                [("trade_partner_id.partner_id", "in", companies.ids), ("state", "=", "proposed")],
                ["trade_partner_id"],
                ["__count"],
            )
        )
        counts = {}
        for profile, count in found.items():
            counts[profile.partner_id] = counts.get(profile.partner_id, 0) + count
        for partner in self:
            partner.trade_change_count = counts.get(partner.commercial_partner_id, 0)

    def action_open_trade_changes(self):
        """What its trading partner proposed and nobody decided."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("trade_core.trade_data_change_action")
        return {
            **action,
            "domain": [("trade_partner_id.partner_id", "=", self.commercial_partner_id.id)],
            "context": {"search_default_proposed": 1},
        }
