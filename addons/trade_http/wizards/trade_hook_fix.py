from collections import Counter

from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

TRIED = 10  # events the preview runs
_RULE = (
    "pattern",
    "action",
    "route_id",
    "pointer",
    "record_pointer",
    "fetch_connector_id",
    "fetch_path",
    "reason",
)


class TradeHookFix(models.TransientModel):
    """Say once what follows on events of one kind, see what would come of it, and run all that wait."""

    _name = "trade.hook.fix"
    _description = "Decide about an Event Type"

    exception_id = fields.Many2one("trade.exception", readonly=True, ondelete="cascade")
    connector_id = fields.Many2one("trade.connector", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one(related="connector_id.company_id")
    name = fields.Char("Event type", required=True, readonly=True)
    waiting_count = fields.Integer("Waiting", readonly=True)
    rule_id = fields.Many2one("trade.hook.rule", readonly=True, help="The one that counts until now.")
    sample = fields.Json("The latest one", readonly=True)
    pattern = fields.Char("For events", required=True, help="* stands for anything: order.*")
    action = fields.Selection(
        lambda self: self.env["trade.hook.rule"]._fields["action"]._description_selection(self.env),
        "What follows",
        required=True,
        default="process",
    )
    route_id = fields.Many2one(
        "trade.route", domain="[('direction', '=', 'in'), ('company_id', '=', company_id)]"
    )
    pointer = fields.Char("Document at", help="For example /data/object. Empty: all of it.")
    record_pointer = fields.Char("Record's id at")
    fetch_connector_id = fields.Many2one(
        "trade.connector",
        "Ask over",
        domain="[('transport', '=', 'rest'), ('base_url', '!=', False), ('company_id', '=', company_id)]",
    )
    fetch_path = fields.Char("Address part", help="Below the connector's address; {id} is the record's id.")
    reason = fields.Char("Why")
    preview_text = fields.Char(compute="_compute_preview")
    preview_html = fields.Html(compute="_compute_preview", sanitize=False)

    # -- opening -------------------------------------------------------------------------------

    @api.model
    def _for_problem(self, problem):
        params = problem.params or {}
        connector = self.env["trade.connector"].browse(params.get("hook_connector")).exists()
        if not connector:
            raise UserError(self.env._("The connector is gone. Ignore the problem."))
        return self._open(connector, params["type"], problem)

    @api.model
    def _for_type(self, kind):
        problem = self._problems(kind.connector_id, lambda name: name == kind.name)[:1]
        return self._open(kind.connector_id, kind.name, problem)

    @api.model
    def _open(self, connector, name, problem):
        self._check_may_decide()
        rule = connector._hook_rule(name)
        waiting = problem._waiting().filtered(lambda message: message.state == "held")
        last = waiting[-1:] or connector.hook_type_ids.filtered(lambda kind: kind.name == name).message_id
        vals = {field: rule[field] for field in _RULE} if rule else {"pattern": name}
        wizard = self.create(
            {
                **{field: getattr(value, "id", value) for field, value in vals.items()},
                "exception_id": problem.id,
                "connector_id": connector.id,
                "name": name,
                "waiting_count": len(waiting),
                "rule_id": rule.id,
                "sample": last.raw_view or False,
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("What to do with %s", name),
            "res_model": self._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
        }

    @api.model
    def _check_may_decide(self):
        if not self.env.user.has_group("trade_core.group_trade_manager"):
            raise AccessError(
                self.env._("Trading managers say what to do with events. Ask one, or assign it to one.")
            )

    @api.model
    def _problems(self, connector, fits):
        """Open problems of events of this connector whose type fits."""
        found = self.env["trade.exception"].search(
            [
                ("code", "=", "hook.type_unknown"),
                ("connector_id", "=", connector.id),
                ("is_open", "=", True),
            ]
        )
        return found.filtered(lambda problem: fits((problem.params or {}).get("type", "")))

    # -- trying --------------------------------------------------------------------------------

    def _rule_vals(self):
        return {
            "connector_id": self.connector_id.id,
            **{field: getattr(self[field], "id", self[field]) for field in _RULE},
        }

    def _ready(self):
        """Whether enough is chosen to try it."""
        needed = {
            "process": self.route_id,
            "poll": self.route_id,
            "fetch": self.route_id and self.fetch_connector_id and self.fetch_path,
            "ignore": True,
        }
        return bool(self.pattern and needed.get(self.action))

    @api.depends(*_RULE)
    def _compute_preview(self):
        for wizard in self:
            wizard.preview_html = False
            if not wizard._ready():
                wizard.preview_text = wizard.env._("Choose what follows; then it is tried here.")
                continue
            try:
                outcomes = wizard._try_out()
            except (UserError, ValidationError) as error:
                wizard.preview_text = str(error.args[0])
                continue
            wizard.preview_text = wizard._preview_sentence(outcomes)
            wizard.preview_html = wizard._preview_table(outcomes) if outcomes else False

    def _try_out(self):
        waiting = self._waiting()[:TRIED]
        if not waiting:
            return []
        vals = self._rule_vals()

        def with_rule(env):
            env["trade.hook.rule"]._decide(vals)

        return self.env["trade.lane"]._dry_run(waiting.ids, prepare=with_rule)

    def _waiting(self):
        problem = self.exception_id._origin or self.exception_id
        return problem._waiting().filtered(lambda message: message.state == "held")

    def _preview_sentence(self, outcomes):
        if not outcomes:
            return self.env._("Nothing of this kind waits. The rule counts from the next event on.")
        wait = sum(outcome["state"] == "held" for outcome in outcomes)
        words = self.env._(
            "%(count)s of %(all)s tried: %(go)s would go on, %(wait)s would still wait.",
            count=len(outcomes),
            all=self.waiting_count,
            go=len(outcomes) - wait,
            wait=wait,
        )
        return words

    def _preview_table(self, outcomes):
        """What would become of them; what ends alike stands on one line."""
        alike = Counter((outcome["state"] == "held", self._outcome_words(outcome)) for outcome in outcomes)
        return Markup('<table class="table table-sm mb-0"><tbody>{}</tbody></table>').format(
            Markup().join(
                Markup('<tr><td class="text-nowrap">{} ×</td><td class="w-100 {}">{}</td></tr>').format(
                    count, "text-danger" if held else "text-success", words
                )
                for (held, words), count in alike.most_common()
            )
        )

    def _outcome_words(self, outcome):
        if outcome["state"] == "held":
            return self.env._("would still wait: %s", outcome["reason"])
        if outcome["state"] == "ignored":
            return self.env._("would be ignored: %s", outcome["reason"])
        if outcome["effects"]:
            return self.env._("would apply, changes: %s", len(outcome["effects"]))
        return " ".join(outcome["notes"]) or self.env._("would be handed on")

    # -- doing ---------------------------------------------------------------------------------

    def action_confirm(self):
        """Keep the rule and run every event that waits for it."""
        self.ensure_one()
        self._check_may_decide()
        rule = self.env["trade.hook.rule"]._decide(self._rule_vals())
        problems = self._problems(self.connector_id, rule._fits)
        note = self.env._("%(pattern)s: %(what)s.", pattern=rule.pattern, what=rule._sentence())
        if any(message.state == "held" for message in problems._waiting()):
            problems._replay_waiting(note)
        else:
            problems.sudo()._refresh()
        return {"type": "ir.actions.act_window_close"}
