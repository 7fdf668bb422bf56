from markupsafe import Markup
from odoo import fields, models

_TODO = "mail.mail_activity_data_todo"


class TradePartner(models.Model):
    """What the partner says of its data, and who is told."""

    _inherit = "trade.partner"

    change_count = fields.Integer("Proposed changes", compute="_compute_change_count")
    review_activity_id = fields.Many2one("mail.activity", copy=False, readonly=True, ondelete="set null")

    def _said_of(self):
        """The contacts and bank accounts partners speak about, archived ones among them.

        :return: ``(res.partner, res.partner.bank)``
        """
        company = self.sudo().partner_id.commercial_partner_id.with_context(active_test=False)
        return company.search([("parent_id", "=", company.id)]), company.bank_ids

    def _is_ruled_by(self, rule):
        """Whether a rule of ``trade.data.owner`` concerns this partner."""
        self.ensure_one()
        return (
            rule.company_id in (rule.company_id.browse(), self.company_id)
            and rule.trade_partner_id in (self.browse(), self)
            and (not rule.role or self[f"is_{rule.role}"])
        )

    def _compute_change_count(self):
        found = self.env["trade.data.change"]._read_group(
            [("trade_partner_id", "in", self.ids), ("state", "=", "proposed")],
            ["trade_partner_id"],
            ["__count"],
        )
        counts = dict(found)
        for profile in self:
            profile.change_count = counts.get(profile, 0)

    def action_open_changes(self):
        self.ensure_one()
        action = self._open("trade_core.trade_data_change_action")
        if self.change_count:
            action["context"]["search_default_proposed"] = 1
        return action

    def _post_changes(self, changes, notify):
        """Say in the chatter what was changed, or not.

        :param notify: the responsible is told
        """
        self.ensure_one()
        heads = {
            "accept": self.env._("Changed by %s:"),
            "write": self.env._("Changed by %s, the master of it:"),
            "ignore": self.env._("Said by %s and not taken, because of the rules:"),
            "accepted": self.env._("Accepted, as %s said:"),
            "refused": self.env._("Refused, what %s said:"),
        }
        found = changes.grouped(lambda change: (change.ruling or change.state, change._speaker()))
        for (head, speaker), some in found.items():
            lines = Markup().join(Markup("<li>%s</li>") % change._words() for change in some)
            reason = next((change.reason for change in some if change.reason), "")
            body = Markup("<p>%s %s</p><ul>%s</ul>") % (heads[head] % speaker, reason, lines)
            told = self.user_id.partner_id if notify else self.env["res.partner"]
            self.message_post(body=body, partner_ids=told.ids, subtype_xmlid="mail.mt_note")

    def _follow_changes(self):
        """One activity, however many proposals: it is done when nothing is left to decide."""
        self.ensure_one()
        self.invalidate_recordset(["change_count"])
        activity = self.review_activity_id.exists().filtered("active")
        if not self.change_count:
            activity.action_feedback()
        elif not activity:
            self.review_activity_id = self.activity_schedule(
                _TODO,
                summary=self.env._("Look at what the partner says of itself"),
                note=self.env._("Proposed changes wait for a decision, old → new, field by field."),
                user_id=(self.user_id or self.env.user).id,
            )
