from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError


class TradeCertificate(models.Model):
    """A paper of a supplier about a product or one lot of it: asked for, received, looked at, and at an end.

    How it is asked for and how it comes with documents is in ``trade_certificate_exchange.py``.
    """

    _name = "trade.certificate"
    _description = "Certificate"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "valid_to desc, id desc"
    _check_company_auto = True

    name = fields.Char("Number", tracking=True, copy=False)
    company_id = fields.Many2one(
        "res.company", "Our company", required=True, default=lambda self: self.env.company, index=True
    )
    type_id = fields.Many2one(
        "trade.certificate.type", "Certificate", required=True, ondelete="restrict", tracking=True
    )
    partner_id = fields.Many2one("res.partner", "Vendor", required=True, index=True, tracking=True)
    product_id = fields.Many2one(
        "product.product", index="btree_not_null", tracking=True, help="Empty: for all they deliver."
    )
    lot_name = fields.Char("Lot", tracking=True, help="As the supplier calls it. Empty: for all lots.")
    valid_from = fields.Date(tracking=True)
    valid_to = fields.Date("Valid until", tracking=True, help="Empty: it does not end.")
    document = fields.Binary("File", attachment=True, copy=False)
    filename = fields.Char(copy=False)
    state = fields.Selection(
        [
            ("requested", "Requested"),
            ("received", "Received"),
            ("verified", "Verified"),
            ("rejected", "Rejected"),
            ("expired", "Expired"),
        ],
        "Status",
        required=True,
        readonly=True,
        default="requested",
        copy=False,
        tracking=True,
        index=True,
    )
    user_id = fields.Many2one(
        "res.users", "Responsible", default=lambda self: self.env.user, domain="[('share', '=', False)]"
    )
    requested_by_id = fields.Many2one("res.users", "Requested by", readonly=True, copy=False)
    requested_at = fields.Datetime("Requested", readonly=True, copy=False)
    received_at = fields.Datetime("Received", readonly=True, copy=False)
    verified_by_id = fields.Many2one("res.users", "Verified by", readonly=True, copy=False)
    reason = fields.Char("Why rejected", readonly=True, copy=False, tracking=True)
    picking_id = fields.Many2one("stock.picking", "Receipt", readonly=True, index="btree_not_null")
    message_id = fields.Many2one(
        "trade.message", "Came with", readonly=True, copy=False, index="btree_not_null"
    )
    is_reminded = fields.Boolean(readonly=True, copy=False)
    is_ending = fields.Boolean("Ends soon", compute="_compute_is_ending")

    _lookup_idx = models.Index("(company_id, partner_id, type_id)")
    _ending_idx = models.Index("(valid_to) WHERE valid_to IS NOT NULL AND state IN ('received', 'verified')")
    _lot_idx = models.Index("(lot_name) WHERE lot_name IS NOT NULL")

    # -- computed and checked ----------------------------------------------------------------------

    @api.depends("type_id", "name", "product_id", "lot_name")
    def _compute_display_name(self):
        for paper in self:
            parts = (paper.type_id.name, paper.name, paper.product_id.display_name, paper.lot_name)
            paper.display_name = " · ".join(filter(None, parts)) or self.env._("New")

    @api.depends("valid_to", "state")
    def _compute_is_ending(self):
        soon = fields.Date.context_today(self) + timedelta(days=30)
        for paper in self:
            running = paper.state in ("received", "verified")
            paper.is_ending = bool(running and paper.valid_to and paper.valid_to <= soon)

    @api.constrains("valid_from", "valid_to")
    def _check_period(self):
        if self.filtered(lambda one: one.valid_from and one.valid_to and one.valid_to < one.valid_from):
            raise ValidationError(
                self.env._("A certificate cannot end before it begins. Correct one of the dates.")
            )

    # -- CRUD --------------------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("state", "requested") != "requested" and not self.env.su:
                raise AccessError(self._no_state())
            if vals.get("document") and vals.get("state", "requested") == "requested":
                vals.update(state="received", received_at=fields.Datetime.now())
        papers = super().create(vals_list)
        papers._to_commercial()
        return papers

    def write(self, vals):
        if "state" in vals and not self.env.su:
            raise AccessError(self._no_state())
        changed = _FACTS & vals.keys()
        result = super().write(vals)
        if "partner_id" in vals:
            self._to_commercial()
        if changed and "state" not in vals:
            self._facts_changed(changed)
        return result

    def _no_state(self):
        return self.env._("The status of a certificate is set with the buttons above it.")

    def _to_commercial(self):
        """Certificates are the company's, whoever of it sent them."""
        for paper in self.filtered(lambda one: one.partner_id != one.partner_id.commercial_partner_id):
            paper.partner_id = paper.partner_id.commercial_partner_id

    def _facts_changed(self, changed):
        """A file that is attached was received; what was verified has to be looked at again."""
        for paper in self:
            if (
                paper.state in ("requested", "rejected", "expired")
                and paper.document
                and "document" in changed
            ):
                paper.sudo().write(
                    {"state": "received", "received_at": fields.Datetime.now(), "reason": False}
                )
            elif paper.state == "verified":
                paper.sudo().write({"state": "received", "verified_by_id": False})

    # -- what people press -------------------------------------------------------------------------

    def action_verify(self):
        """It was read and is right."""
        self.check_access("write")
        today = fields.Date.context_today(self)
        for paper in self:
            if paper.state != "received" or not paper.document:
                raise UserError(self.env._("Attach the certificate first; then look at it and verify it."))
            if paper.valid_to and paper.valid_to < today:
                raise UserError(
                    self.env._("%s has ended already. Ask the supplier for a new one.", paper.display_name)
                )
        self.sudo().write({"state": "verified", "verified_by_id": self.env.uid})
        self.activity_unlink(["mail.mail_activity_data_todo"])

    def action_reject(self):
        """Ask why."""
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Reject the certificate"),
            "res_model": "trade.certificate.reject",
            "view_mode": "form",
            "target": "new",
            "context": {"default_certificate_ids": [fields.Command.set(self.ids)]},
        }

    def _reject(self, reason):
        self.check_access("write")
        self.sudo().write({"state": "rejected", "reason": reason, "verified_by_id": False})

    # -- what counts -------------------------------------------------------------------------------

    @api.model
    def _of(self, wanted, company):
        """Certificates that may be meant; those that count longest come first.

        :param wanted: iterable of ``(type, product, lot, vendor)``
        :return: ``{(type, vendor): certificates}``
        """
        types = self.env["trade.certificate.type"].union(*(one[0] for one in wanted))
        vendors = self.env["res.partner"].union(*(one[3] for one in wanted))
        found = self.search(
            [
                ("company_id", "=", company.id),
                ("type_id", "in", types.ids),
                ("partner_id", "in", vendors.ids),
            ]
        )
        order = {state: rank for rank, state in enumerate(_BEST_FIRST)}
        found = found.sorted(lambda one: (order[one.state], -one.id))
        return found.grouped(lambda one: (one.type_id, one.partner_id))

    def _is_about(self, product, lot):
        """A certificate of the product does not replace that of a lot."""
        self.ensure_one()
        if self.product_id and self.product_id != product:
            return False
        return self.lot_name == lot if lot else not self.lot_name

    def _counts(self, must_be_verified):
        self.ensure_one()
        today = fields.Date.context_today(self)
        return (
            self.state in (("verified",) if must_be_verified else ("verified", "received"))
            and not (self.valid_from and self.valid_from > today)
            and not (self.valid_to and self.valid_to < today)
        )

    # -- time --------------------------------------------------------------------------------------

    @api.model
    def _cron_certificates(self):
        """Certificates that have ended say so; who is responsible is reminded before (cron)."""
        today = fields.Date.today()
        running = [("state", "in", ("received", "verified")), ("valid_to", "!=", False)]
        self.search([*running, ("valid_to", "<", today)]).write({"state": "expired"})
        rules = self.env["trade.certificate.requirement"].search([("active", "=", True)])
        days = max(rules.mapped("renew_days"), default=0)
        ending = self.search(
            [
                *running,
                ("is_reminded", "=", False),
                ("valid_to", ">=", today),
                ("valid_to", "<=", today + timedelta(days=days)),
            ]
        )
        for paper in ending:
            if (
                paper.valid_to <= today + timedelta(days=paper._renew_days(rules))
                and not paper._has_successor()
            ):
                paper._remind()

    def _renew_days(self, rules):
        """How early to remind: as the rules say that it is needed for; 0 when none does."""
        mine = rules.filtered(
            lambda rule: (
                rule.type_id == self.type_id
                and rule.company_id == self.company_id
                and (not self.product_id or rule._matches(self.product_id, self.partner_id))
                and (not rule.partner_id or rule.partner_id.commercial_partner_id == self.partner_id)
            )
        )
        return max(mine.mapped("renew_days"), default=0)

    def _has_successor(self):
        """Another one is there already that ends later, or not at all."""
        self.ensure_one()
        return bool(
            self.search_count(
                [
                    ("id", "!=", self.id),
                    ("company_id", "=", self.company_id.id),
                    ("type_id", "=", self.type_id.id),
                    ("partner_id", "=", self.partner_id.id),
                    ("product_id", "=", self.product_id.id),
                    ("lot_name", "=", self.lot_name),
                    ("state", "in", ("received", "verified")),
                    "|",
                    ("valid_to", "=", False),
                    ("valid_to", ">", self.valid_to),
                ],
                limit=1,
            )
        )

    def _remind(self):
        self.ensure_one()
        self.is_reminded = True
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=self.valid_to,
            summary=self.env._("%s ends: ask the supplier for a new one", self.type_id.name),
            user_id=(self.user_id or self.env.user).id,
        )


_BEST_FIRST = ("verified", "received", "requested", "expired", "rejected")
#: what was verified; another value has to be verified again
_FACTS = {"document", "valid_from", "valid_to", "product_id", "lot_name", "partner_id", "type_id"}
