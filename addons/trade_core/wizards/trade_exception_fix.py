from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import UserError

PREVIEWED = 20


class TradeExceptionFix(models.TransientModel):
    """What solving a problem will do, tried out without changing anything; then done."""

    _name = "trade.exception.fix"
    _description = "Fix and Replay"

    exception_id = fields.Many2one("trade.exception", required=True, readonly=True, ondelete="cascade")
    fix_kind = fields.Selection(related="exception_id.fix_kind")
    sentence = fields.Html(readonly=True, sanitize=False)
    held_count = fields.Integer(readonly=True)
    outcomes = fields.Json(
        readonly=True, help="Of the documents tried: [{document, state, reason, changes}]."
    )
    preview_text = fields.Char(compute="_compute_preview")
    preview_html = fields.Html(compute="_compute_preview", sanitize=False)
    heals_all = fields.Boolean(compute="_compute_preview")

    @api.model
    def _prepare(self, problem):
        """Try the fix chosen on the problem on the documents that wait, and show what would come of it.

        :raise UserError: nothing was chosen, or nothing is held
        """
        held = problem._waiting().filtered(lambda message: message.state == "held")
        vals = problem._mapping_vals() if problem.fix_kind in ("mapping", "code") else None
        if not held and not vals:
            raise UserError(
                self.env._("No document is held here. Those that wait for the partner go by themselves.")
            )
        wizard = self.create(
            {
                "exception_id": problem.id,
                "sentence": problem._fix_sentence() if vals else False,
                "held_count": len(held),
                "outcomes": self._try_out(held, vals),
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Fix and replay") if vals else self.env._("Replay"),
            "res_model": self._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
        }

    @api.model
    def _try_out(self, held, vals):
        """Run the first documents with the fix in place, and roll everything back."""
        inbound = held.filtered(lambda message: message.direction == "in")[:PREVIEWED]
        if not inbound:
            return []

        def with_fix(env):
            if vals:
                env["trade.mapping"]._learn(vals)

        outcomes = self.env["trade.lane"]._dry_run(inbound.ids, prepare=with_fix)
        names = {message.id: message.display_name for message in inbound}
        return [
            {
                "document": names[outcome["message_id"]],
                "state": outcome["state"],
                "reason": outcome["reason"],
                "changes": len(outcome["effects"]),
            }
            for outcome in outcomes
        ]

    @api.depends("outcomes", "held_count")
    def _compute_preview(self):
        for wizard in self:
            outcomes = wizard.outcomes or []
            waiting = sum(outcome["state"] == "held" for outcome in outcomes)
            wizard.heals_all = bool(outcomes) and not waiting
            wizard.preview_text = wizard._preview_sentence(len(outcomes), waiting)
            wizard.preview_html = wizard._preview_table(outcomes) if outcomes else False

    def _preview_sentence(self, tried, waiting):
        if not tried:
            return self.env._("%s will be run again.", self.exception_id._documents(self.held_count))
        words = self.env._(
            "%(documents)s: %(apply)s would apply, %(wait)s would still wait.",
            documents=self.exception_id._documents(tried),
            apply=tried - waiting,
            wait=waiting,
        )
        more = self.held_count - tried
        return f"{words} " + self.env._("Not tried: %s more.", more) if more > 0 else words

    def _preview_table(self, outcomes):
        return Markup('<table class="table table-sm mb-0"><tbody>{}</tbody></table>').format(
            Markup().join(
                Markup('<tr><td>{}</td><td class="{}">{}</td></tr>').format(
                    outcome["document"],
                    "text-danger" if outcome["state"] == "held" else "text-success",
                    self._outcome_words(outcome),
                )
                for outcome in outcomes
            )
        )

    def _outcome_words(self, outcome):
        if outcome["state"] == "held":
            return self.env._("would still wait: %s", outcome["reason"])
        if outcome["state"] == "ignored":
            return self.env._("would be ignored: %s", outcome["reason"])
        return self.env._("would apply, changes: %s", outcome["changes"])

    def action_confirm(self):
        """Remember the fix and run every document that waits for it again."""
        self.ensure_one()
        problem = self.exception_id
        problem._check_operator()
        problems, note = problem, None
        if problem.fix_kind in ("mapping", "code"):
            mapping = self.env["trade.mapping"]._learn(problem._mapping_vals())
            note = mapping.display_name
            problems |= mapping._problems()
        if any(message.state == "held" for message in problems._waiting()):
            problems._replay_waiting(note)
        else:
            problems.sudo()._refresh()
        return {"type": "ir.actions.act_window_close"}
