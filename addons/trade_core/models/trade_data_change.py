from odoo import api, fields, models
from odoo.exceptions import AccessError

from .. import data_values
from ..data_rules import SENSITIVE

STATES = [
    ("proposed", "To decide"),
    ("accepted", "Accepted"),
    ("refused", "Refused"),
    ("ignored", "Ignored"),
    ("superseded", "Superseded"),
]


class TradeDataChange(models.Model):
    """What was said about a partner's data, and what became of it: one field before and after, a new record,
    or one that goes.

    Rows are facts: they are written by the gate (``trade.data.owner._offer``) and never edited; only
    decisions are added. Accepted and ignored ones are the history.
    """

    _name = "trade.data.change"
    _description = "Proposed Change"
    _order = "id desc"
    _rec_name = "field_label"

    trade_partner_id = fields.Many2one(
        "trade.partner", "Partner", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    user_id = fields.Many2one(related="trade_partner_id.user_id", string="Responsible")
    writer = fields.Selection(
        [
            ("partner", "The partner"),
            ("crm", "Our CRM"),
            ("finance", "Our finance system"),
            ("external", "Another system of ours"),
        ],
        "Said by",
        required=True,
        readonly=True,
        default="partner",
    )
    said_by_id = fields.Many2one(
        "trade.partner",
        "Sent by",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="The system of ours that said it. Empty: the partner itself.",
    )
    kind = fields.Selection(
        [("update", "Change"), ("create", "New"), ("remove", "Goes")], required=True, readonly=True
    )
    field_group = fields.Selection("_selection_field_group", "What", required=True, readonly=True)
    res_model = fields.Char("Model", required=True, readonly=True)
    res_id = fields.Many2oneReference("Record ID", model_field="res_model", readonly=True)
    record_name = fields.Char("Record", readonly=True)
    field_name = fields.Char("Technical name", readonly=True)
    field_label = fields.Char("Field", readonly=True)
    old_value = fields.Json(readonly=True)
    new_value = fields.Json(readonly=True)
    old_text = fields.Char("In Odoo", readonly=True)
    new_text = fields.Text("Proposed", readonly=True)
    old_words = fields.Text("In Odoo, in words", compute="_compute_words")
    new_words = fields.Text("Proposed, in words", compute="_compute_words")
    note = fields.Text("Their note", readonly=True)
    source = fields.Reference("_selection_source", "Came with", readonly=True, index=True)
    entered_by_id = fields.Many2one(
        "res.users", "Entered by", readonly=True, ondelete="restrict", index="btree_not_null"
    )
    proposed_at = fields.Datetime("Said on", required=True, readonly=True, default=fields.Datetime.now)
    target_key = fields.Char(required=True, readonly=True)
    digest = fields.Char(required=True, readonly=True)
    state = fields.Selection(STATES, "Decision", required=True, readonly=True, default="proposed")
    ruling = fields.Selection(
        [
            ("write", "Said by the master"),
            ("accept", "Accept and notify"),
            ("ignore", "Ignore and note"),
        ],
        "By the rule",
        readonly=True,
    )
    owner_rule_id = fields.Many2one(
        "trade.data.owner", "Rule", readonly=True, ondelete="set null", index="btree_not_null"
    )
    decided_by_id = fields.Many2one(
        "res.users",
        "Decided by",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
        help="Empty: a rule decided, or a newer proposal came.",
    )
    decided_at = fields.Datetime(readonly=True)
    reason = fields.Char(readonly=True, help="Told to the sender when it asks what became of it.")
    callback_contact_id = fields.Many2one(
        "res.partner", "Called", readonly=True, ondelete="restrict", index="btree_not_null"
    )
    callback_number = fields.Char("At the number", readonly=True)
    callback_at = fields.Datetime("Called on", readonly=True)
    is_sensitive = fields.Boolean(compute="_compute_is_sensitive")
    is_banking = fields.Boolean(compute="_compute_is_sensitive")
    current_text = fields.Char("In Odoo by now", compute="_compute_current")
    is_stale = fields.Boolean(
        compute="_compute_current", help="Odoo was changed after this was proposed: look at it again."
    )

    _open_idx = models.Index(
        "(trade_partner_id, target_key) WHERE state IN ('proposed', 'refused', 'ignored')"
    )
    _record_idx = models.Index("(res_model, res_id) WHERE state = 'proposed'")
    _list_idx = models.Index("(company_id, state, id)")

    # -- fields ------------------------------------------------------------------------------------

    @api.model
    def _selection_field_group(self):
        return self.env["trade.data.owner"]._fields["field_group"]._description_selection(self.env)

    @api.model
    def _selection_source(self):
        """What a proposal can come with; other addons add theirs."""
        return [("trade.message", self.env._("Message")), ("res.users", self.env._("User"))]

    @api.depends("field_group")
    def _compute_is_sensitive(self):
        for change in self:
            change.is_sensitive = change.field_group in SENSITIVE
            change.is_banking = change.field_group == "banking"

    @api.depends("kind", "old_text", "new_text")
    @api.depends_context("lang")
    def _compute_words(self):
        """What is shown: a field that is empty, or shall be, says so."""
        for change in self:
            update = change.kind == "update"
            change.old_words = change.old_text or (update and self.env._("(empty)"))
            change.new_words = change.new_text or (update and self.env._("(emptied)"))

    @api.depends("state", "res_id", "old_value")
    def _compute_current(self):
        targets = self._targets()
        for change in self:
            record = targets[change.id]
            change.is_stale = change.state == "proposed" and change._differs(record)
            change.current_text = (
                data_values.words(record, change.field_name, data_values.current(record, change.field_name))
                if record and change.kind == "update"
                else change.old_text
            )

    @api.depends("field_label", "record_name")
    def _compute_display_name(self):
        for change in self:
            words = (change.field_label, change.record_name)
            change.display_name = ": ".join(word for word in words if word)

    # -- CRUD --------------------------------------------------------------------------------------

    def write(self, vals):
        if not self.env.su:
            raise AccessError(
                self.env._("What a partner said is a record of facts; accept or refuse it with the buttons.")
            )
        return super().write(vals)

    # -- what it is about --------------------------------------------------------------------------

    def _targets(self):
        """The records these are about, in the partner's company, one query for each model.

        :return: ``{id of the change: record}``; an empty one for a record that is not there
        """
        targets = dict.fromkeys(self.ids, self.browse())
        for (name, company), some in self.grouped(lambda one: (one.res_model, one.company_id)).items():
            if name not in self.env:  # its addon is gone
                continue
            model = self.env[name].sudo().with_company(company)
            there = model.browse({one.res_id for one in some if one.res_id}).exists()
            known = {record.id: record for record in there}
            targets |= {one.id: known.get(one.res_id, model) for one in some}
        return targets

    def _target(self):
        """As :meth:`_targets`, of one."""
        self.ensure_one()
        return self._targets()[self.id]

    def _differs(self, record):
        """Whether Odoo says something else than when this was proposed."""
        self.ensure_one()
        if self.kind == "create":
            return False
        return not record or not data_values.same(
            self.field_name, data_values.current(record, self.field_name), self.old_value or None
        )

    def _vals(self):
        """What is written when it is accepted."""
        self.ensure_one()
        if self.kind == "create":
            profile = self.sudo().trade_partner_id
            return self.new_value | self.env["trade.data.owner"]._link_of(self.res_model, profile)
        return {self.field_name: self.new_value}

    def _speaker(self):
        """Who said it, in words."""
        self.ensure_one()
        if self.writer == "partner":
            return self.env._("the partner")
        return (
            self.sudo().said_by_id.name
            or dict(self._fields["writer"]._description_selection(self.env))[self.writer]
        )

    def _words(self):
        """Old → new in one line."""
        self.ensure_one()
        new = self.new_text
        if self.kind == "create":
            return f"{self.field_label}: {new}"
        if self.kind == "remove":
            return f"{self.field_label}: {self.old_text or self.record_name}"
        nothing = self.env._("nothing")
        return f"{self.field_label}: {self.old_text or nothing} → {new or nothing}"

    def _answer(self, _):
        """What the sender is told about it.

        :param _: translates into the sender's language
        """
        self.ensure_one()
        reason = self.reason or ""
        said = {
            "proposed": _("Waits for our decision."),
            "accepted": _("Written."),
            "refused": _("Refused: %s", reason) if reason else _("Refused."),
            "ignored": _("Not taken: this is kept by us. Tell your contact here if it is wrong."),
            "superseded": _("Replaced by what you said later."),
        }
        return said[self.state]

    def _supersede(self):
        """Something newer was said about the same."""
        open_ones = self.filtered(lambda change: change.state == "proposed")
        if open_ones:
            open_ones.sudo().write({"state": "superseded", "decided_at": fields.Datetime.now()})

    def action_open_record(self):
        self.ensure_one()
        record = self._target()
        if not record:
            record = self.sudo().trade_partner_id
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "view_mode": "form",
        }
