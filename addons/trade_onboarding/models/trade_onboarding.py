import logging

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.trade_core.tools import sentences, take_turns
from odoo.addons.trade_kernel import onboarding
from odoo.addons.trade_kernel.errors import BusinessRefused, TradeError

from ..rights import check_right
from .trade_onboarding_template import FLAGS

_logger = logging.getLogger(__name__)

STATES = [
    ("invited", "Invited"),
    ("profiled", "Profiled"),
    ("verified", "Verified"),
    ("approved", "Approved"),
    ("connected", "Connected"),
    ("certified", "Certified"),
    ("live", "Live"),
    ("on_hold", "On hold"),
    ("suspended", "Suspended"),
    ("rejected", "Rejected"),
    ("offboarded", "Offboarded"),
]
#: states in which somebody still has something to do
OPEN = (*onboarding.ROAD[:-1], "on_hold")
#: what nobody writes by hand: it follows from moves and steps
_KEPT = {
    "state",
    "previous_state",
    "trade_partner_id",
    "progress",
    "blocked_by_id",
    "waits_for",
    "live_at",
    "invited_at",
    "paused_since",
}
#: moves that only managers make
_MANAGERS = {"live", "rejected", "suspended", "offboarded"}
#: whom a case waits for, the most urgent first
_TURNS = ("failed", "us", "automatic", "partner")


class TradeOnboarding(models.Model):
    """A partner on its way from the invitation to live trading, and whatever becomes of it after.

    Its state is written by :meth:`_move` alone, by the table in :mod:`~odoo.addons.trade_kernel.onboarding`.
    """

    _name = "trade.onboarding"
    _description = "Onboarding Case"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "due_at, id"
    _check_company_auto = True

    name = fields.Char("Company", required=True, tracking=True, index="trigram")
    state = fields.Selection(
        STATES,
        "Status",
        required=True,
        readonly=True,
        default="invited",
        copy=False,
        index=True,
        group_expand="_expand_states",
    )
    previous_state = fields.Char(readonly=True, copy=False, help="Where it goes on after a pause.")
    is_open = fields.Boolean("Open", compute="_compute_is_open", search="_search_is_open")
    template_id = fields.Many2one(
        "trade.onboarding.template", required=True, ondelete="restrict", check_company=True, index=True
    )
    role = fields.Selection(related="template_id.role", store=True)
    tier = fields.Char(related="template_id.tier", store=True)
    company_id = fields.Many2one(
        "res.company", "Our company", required=True, index=True, default=lambda self: self.env.company
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Contact in Odoo",
        index="btree_not_null",
        tracking=True,
        help="Empty: it is created when the case is approved, after the check for duplicates.",
    )
    trade_partner_id = fields.Many2one(
        "trade.partner", "Trading partner", readonly=True, copy=False, index="btree_not_null"
    )
    contact_name = fields.Char("Their contact")
    email = fields.Char(tracking=True, help="The invitation and the reminders go there.")
    lang = fields.Selection(
        lambda self: self.env["res.lang"].get_installed(),
        "Language",
        default=lambda self: self.env.user.lang,
        help="In which they are written to.",
    )
    user_id = fields.Many2one(
        "res.users",
        "Owner",
        tracking=True,
        index=True,
        domain="[('share', '=', False)]",
        default=lambda self: self.env.user,
    )
    step_ids = fields.One2many("trade.onboarding.step", "onboarding_id", "Steps", readonly=True)
    our_step_ids = fields.One2many(
        "trade.onboarding.step",
        "onboarding_id",
        "Ours",
        domain=[("actor", "!=", "partner")],
        readonly=True,
    )
    their_step_ids = fields.One2many(
        "trade.onboarding.step", "onboarding_id", "Theirs", domain=[("actor", "=", "partner")], readonly=True
    )
    move_ids = fields.One2many("trade.onboarding.move", "onboarding_id", "What happened", readonly=True)
    effect_ids = fields.One2many("trade.onboarding.effect", "onboarding_id", "Set up in Odoo", readonly=True)
    # where it stands, kept by _refresh so that the kanban of thousands of cases needs no sum
    step_count = fields.Integer(readonly=True, copy=False)
    settled_count = fields.Integer("Steps done", readonly=True, copy=False, aggregator="sum")
    progress = fields.Integer("Progress (%)", readonly=True, copy=False, aggregator="avg")
    blocked_by_id = fields.Many2one("trade.onboarding.step", "Waits for", readonly=True, copy=False)
    waits_for = fields.Selection(
        [
            ("us", "Us"),
            ("partner", "The partner"),
            ("automatic", "A check"),
            ("failed", "Somebody: it failed"),
        ],
        "Waits for whom",
        readonly=True,
        copy=False,
    )
    due_at = fields.Datetime("Due", readonly=True, copy=False, index=True)
    live_at = fields.Datetime("Live since", readonly=True, copy=False)
    active = fields.Boolean(default=True)

    _open_idx = models.Index("(company_id, state, due_at)")
    _one_open_per_contact = models.UniqueIndex(
        "(partner_id, template_id, company_id) WHERE partner_id IS NOT NULL"
        " AND state NOT IN ('live', 'suspended', 'rejected', 'offboarded')",
        "There is already an open case of this kind for this contact. Go on with that one.",
    )

    # -- computed ------------------------------------------------------------------------------

    @api.model
    def _expand_states(self, states, domain):
        """The columns of the road are there also when they are empty."""
        return [state for state, _label in STATES if state in onboarding.ROAD or state in states]

    @api.depends("state")
    def _compute_is_open(self):
        for case in self:
            case.is_open = case.state in OPEN

    def _search_is_open(self, operator, value):
        if operator != "in":
            return NotImplemented
        found = fields.Domain("state", "in", OPEN)
        return fields.Domain.OR([found if one else ~found for one in value])

    # -- CRUD ----------------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        cases = super().create(vals_list)
        self.env["trade.onboarding.move"].sudo().create(
            [case._prepare_move(False, case.state) for case in cases.with_prefetch()]
        )
        for template, some in cases.grouped("template_id").items():
            some._add_steps(template)
        cases._start_clock()
        cases._refresh()
        return cases

    def write(self, vals):
        if "template_id" in vals and self.step_ids:
            raise UserError(self.env._("A case keeps its template. Make a new case from the other one."))
        if not self.env.su and (kept := _KEPT & vals.keys()):
            raise AccessError(
                self.env._("%s are kept by the case itself. Use its buttons.", ", ".join(sorted(kept)))
            )
        return super().write(vals)

    def copy_data(self, default=None):
        raise UserError(self.env._("A case belongs to one partner. Make a new one from the template."))

    @api.ondelete(at_uninstall=False)
    def _unlink_untouched(self):
        if self.filtered(lambda case: case.state != "invited" or case.effect_ids):
            raise UserError(self.env._("Something has happened in this case. Reject it instead."))

    def _add_steps(self, template):
        """The steps of the template, for all cases at once, with what each waits for."""
        rows, needs = [], template._needs()
        ordered = onboarding.order(needs, template.step_ids.ids)
        places = {step_id: place for place, step_id in enumerate(ordered)}
        for case in self:
            rows += [
                {**step._prepare_step(), "onboarding_id": case.id, "sequence": places[step.id]}
                for step in template.step_ids
            ]
        steps = self.env["trade.onboarding.step"].sudo().create(rows)
        steps._copy_texts()
        steps._copy_depends()

    # -- the road ------------------------------------------------------------------------------

    def _needs(self):
        """The steps of one case as a graph: ``{id: Need}``."""
        return {
            step.id: onboarding.Need(step.gate, step.state, step.blocking, frozenset(step.depends_ids.ids))
            for step in self.step_ids
        }

    def _refresh(self):
        """After steps or cases have changed: begin what can be begun, go on along the road as far as the
        steps allow, and keep what the board shows."""
        going = self.sudo()
        while going:
            going = going._go_on()
        self.sudo()._keep_board()

    def _go_on(self):
        """Begin what can be begun, and go on by one state where nothing is missing.

        :return: the cases that are in another state now
        """
        going = self.filtered(lambda case: case.state in onboarding.ROAD and case._take_effect(case.state))
        going._look_again()
        going._begin_steps()  # also when it is live: what lapses is asked for again
        return going.filtered(lambda case: case._move_on())

    def _move_on(self):
        """:return: whether the case is one state further now"""
        new = self._next()
        return bool(new and self._goes_on_to(new)) and self._move(new, who=self._through())

    def _through(self):
        """The partner's person who did the last of the steps that people do; none when it was one of us."""
        done = self.step_ids.filtered(lambda step: step.settled_at and step.actor != "automatic")
        return done.sorted(lambda step: (step.settled_at, step.id))[-1:].settled_who or None

    def _next(self):
        """The state for which no step is missing any more, or ``None``."""
        new = onboarding.next_state(self.state)
        return None if not new or onboarding.missing(self._needs(), new) else new

    def _look_again(self):
        """Days may lie between a check and the state in which its case takes effect: what does not hold any
        more is done again first."""
        for case in self:
            new = case._next()
            for step in case.step_ids.filtered(lambda step: step.state == "done") if new else ():
                if reason := step._kind()._outdated(step, new):
                    step._reopen(reason)
                    case._message_log(body=f"{step.name}. {reason}")

    def _goes_on_to(self, new):
        return new != "live" or bool(self.template_id.auto_live and self.trade_partner_id)

    def _begin_steps(self):
        """Steps that wait for no other one any more begin; automatic ones run until nothing new can."""
        while True:
            ready = [step for case in self for step in onboarding.ready(case._needs())]
            begin = self.step_ids.browse(ready).filtered(lambda step: not step.ready_at).sorted()
            if not begin:
                return
            begin._begin()

    def _keep_board(self):
        """What the board shows of these cases. Extension: call ``super()``; for many cases at once."""
        for case in self:
            steps = case.step_ids
            settled = steps.filtered(lambda step: step.state in onboarding.SETTLED)
            blocking = (steps - settled).filtered(lambda step: step.blocking and step.ready_at)
            if case.state not in onboarding.ROAD:
                blocking = steps.browse()
            # What we can do ourselves comes first: the partner's turn is what is left.
            blocked_by = blocking.sorted(lambda step: _TURNS.index(step._waits_for()))[:1]
            case.write(
                {
                    "step_count": len(steps),
                    "settled_count": len(settled),
                    "progress": round(100 * len(settled) / len(steps)) if steps else 100,
                    "blocked_by_id": blocked_by.id,
                    "waits_for": blocked_by and blocked_by._waits_for(),
                }
            )

    def _move(self, new, reason=None, who=None):
        """Bring the case to another state, with everything that belongs to it.

        :param str reason: why; needed unless it goes on along the road or on after a pause
        :param str who: the partner's person, when it was theirs
        :return: whether it is there now; not, when an effect failed: its step says so, and what this move
            had set up is taken back
        :raise BusinessRefused: it may not, or steps are missing
        """
        self.ensure_one()
        case, old = self.sudo(), self.state
        take_turns(case)
        onboarding.check(old, new, reason)
        case._check_manager(self.env, new)
        if old == "on_hold" and new not in (case.previous_state, "rejected"):
            raise BusinessRefused("onboarding.forbidden", old=old, new=new, onward=case.previous_state)
        if onboarding.next_state(old) == new:
            case._check_steps(new)
            if not case._take_effect(new):
                return False
        vals = {"state": new, "previous_state": old if new == "on_hold" else False}
        if new == "live" and not case.live_at:
            vals["live_at"] = fields.Datetime.now()
        case.write(vals)
        case._log(old, new, reason, who)
        if old in onboarding.ROAD and new in onboarding.ROAD and onboarding.next_state(old) != new:
            case._went_back(new, reason)
        case._entered(old, new, reason)
        case._keep_board()
        return True

    def _check_manager(self, env, new):
        if new in _MANAGERS:
            check_right(env, env.ref("trade_core.group_trade_manager"))

    def _check_steps(self, new):
        missing = self.step_ids.browse(onboarding.missing(self._needs(), new))
        if missing:
            names = ", ".join(missing[:5].mapped("name")) + (", …" if len(missing) > 5 else "")
            raise BusinessRefused("onboarding.open_steps", count=len(missing), steps=names)
        if new == "live" and not self.trade_partner_id:
            raise BusinessRefused("onboarding.no_company", name=self.name)

    def _went_back(self, new, reason):
        """What has to be done again when a case is sent back: the steps of the first gate behind ``new`` that
        has some, and what waits for them."""
        later = onboarding.ROAD[onboarding.ROAD.index(new) + 1 :]
        again = self.step_ids.filtered(lambda step: step.gate in later and step.state in onboarding.SETTLED)
        gate = next((gate for gate in later if gate in again.mapped("gate")), None)
        for step in again.filtered(lambda step: step.gate == gate):
            step._reopen(reason, for_this=False)

    def _entered(self, old, new, reason):
        """What a new state means outside the case. Extension: call ``super()``."""
        profile = self.trade_partner_id
        if new == "suspended":
            profile.action_suspend()
        elif old == "suspended" and new == "live":
            profile.action_resume()
        elif new == "offboarded":
            profile._end_trading(reason)
        elif new == "rejected":
            self.effect_ids._undo(self.env._("The case was rejected: %s", reason))
            self.step_ids.applied_at = False
            # What a step had set up while it was done is gone: it is to be done again, should the case go on.
            self.effect_ids.step_id.filtered(lambda step: not step._kind()._applies_at)._reopen(reason)
        elif new == "live":
            self._routes_going_live().mode = "live"
            profile.action_go_live()
            if left := profile.route_ids.filtered(lambda route: route.mode == "test"):
                names = ", ".join(left.mapped("name"))
                self._message_log(
                    body=self.env._("Still on trial, their documents do not count yet: %s", names)
                )

    def _routes_going_live(self):
        """The routes that were on trial and count from now on. Extension: leave some out."""
        return self.trade_partner_id.route_ids.filtered(lambda route: route.mode == "test")

    # -- effects -------------------------------------------------------------------------------

    def _take_effect(self, new):
        """Put into Odoo what the steps collected, as far as it is due in the state ``new``.

        :return: whether all of it is in place
        """
        reached = onboarding.ROAD[: onboarding.ROAD.index(new) + 1]
        steps = self.step_ids.filtered(
            lambda step: step.state == "done" and not step.applied_at and step._kind()._applies_at in reached
        )
        before = self.effect_ids
        for step in steps:
            try:
                with self.env.cr.savepoint():
                    step._kind()._apply(step)
                    step.applied_at = fields.Datetime.now()
                    self.env.flush_all()
            except Exception as error:
                if not isinstance(error, TradeError | UserError):
                    _logger.exception("step %s of onboarding could not take effect", step.id)
                words = sentences(error) if isinstance(error, TradeError) else str(error)
                self.invalidate_recordset(["effect_ids"])
                self._compensate(self.effect_ids - before, step, words)
                return False
            self.invalidate_recordset(["effect_ids"])
        return True

    def _compensate(self, effects, step, words):
        effects._undo(self.env._("%(step)s failed: %(words)s", step=step.name, words=words))
        effects.step_id.applied_at = False
        step._set_state("todo", self.env._("It could not be put into Odoo"))
        step._fail(words)
        self.message_post(
            body=self.env._(
                "%(step)s could not be put into Odoo: %(words)s What had been set up just before was taken"
                " back.",
                step=step.name,
                words=words,
            )
        )

    def _known_profile(self):
        """The trading profile there is for the case, maybe none."""
        self.ensure_one()
        return self.sudo().trade_partner_id or self.env["trade.partner"].sudo().search(
            [("partner_id", "=", self.partner_id.id), ("company_id", "=", self.company_id.id)], limit=1
        )

    def _profile(self, step):
        """The trading profile of the case, in preparation; created as an effect of ``step`` when there is
        none. The contact must be there."""
        self.ensure_one()
        case = self.sudo()
        if not case.partner_id:
            raise BusinessRefused("onboarding.no_company", name=case.name)
        if not case.trade_partner_id:
            case.trade_partner_id = case._known_profile() or self.env[
                "trade.onboarding.effect"
            ]._create_record(
                step,
                "trade.partner",
                {
                    "partner_id": case.partner_id.id,
                    "company_id": case.company_id.id,
                    "user_id": case.user_id.id,
                    "is_supplier": False,
                },
            )
        profile = case.trade_partner_id
        if not profile[FLAGS[case.role]]:
            profile[FLAGS[case.role]] = True
        return profile

    def _log(self, old, new, reason=None, who=None):
        """Keep that the case went from one state to another, and write it into its history."""
        self.env["trade.onboarding.move"].sudo().create(self._prepare_move(old, new, reason, who))
        labels = dict(self._fields["state"]._description_selection(self.env))
        words = self.env._("%(old)s → %(new)s", old=labels[old], new=labels[new])
        # Nobody in Odoo did it: the message is the partner's, by name and address.
        author = {"email_from": who.rpartition(", ")[0] or who} if who else {}
        self._message_log(body=f"{words}. {reason}" if reason else words, **author)

    def _prepare_move(self, old, new, reason=None, who=None, step=None):
        """What is kept of a change of state of the case, or of one of its steps."""
        return {
            "onboarding_id": self.id,
            "step_id": step and step.id,
            "old": old,
            "new": new,
            "reason": reason,
            "user_id": False if who else self.env.uid,
            "who": who,
        }
