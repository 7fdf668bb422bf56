from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.trade_core.tools import notice, sentences
from odoo.addons.trade_kernel.errors import TradeError


class TradeCertification(models.Model):
    """That a partner handles one kind of document as we do: what we send over one route, what comes back over
    the other, or what comes without being asked for. Passed, it keeps its proof; see
    ``trade_certification_proof.py``.
    """

    _name = "trade.certification"
    _description = "Certification"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "trade_partner_id, id"
    _check_company_auto = True

    name = fields.Char(compute="_compute_name", store=True)
    trade_partner_id = fields.Many2one(
        "trade.partner", "Partner", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="trade_partner_id.company_id", store=True, index=True)
    onboarding_id = fields.Many2one(
        "trade.onboarding", "Case", readonly=True, ondelete="set null", index="btree_not_null"
    )
    user_id = fields.Many2one("res.users", "Owner", domain="[('share', '=', False)]", tracking=True)
    route_out_id = fields.Many2one(
        "trade.route",
        "We send over",
        readonly=True,
        ondelete="cascade",
        index="btree_not_null",
        help="Empty: nothing is sent; the partner is told what to send by itself.",
    )
    route_in_id = fields.Many2one(
        "trade.route", "They send over", required=True, readonly=True, ondelete="cascade", index=True
    )
    document_type = fields.Selection(related="route_in_id.document_type", store=True)
    asks = fields.Selection(
        related="route_out_id.document_type", string="It answers", help="The last document that we send."
    )
    state = fields.Selection(
        [("open", "Open"), ("passed", "Passed"), ("stale", "To be repeated")],
        "Status",
        required=True,
        readonly=True,
        default="open",
        tracking=True,
        index=True,
    )
    stale_reason = fields.Text("What changed", readonly=True)
    passed_at = fields.Datetime("Passed on", readonly=True)
    proof = fields.Json(readonly=True, prefetch=False)
    proof_digest = fields.Char("Digest of the proof", readonly=True)
    test_ids = fields.One2many("trade.certification.test", "certification_id", "Tests", readonly=True)
    test_count = fields.Integer("Tests needed", readonly=True)
    passed_count = fields.Integer("Passed tests", readonly=True)
    intro = fields.Text("What holds for all tests", compute="_compute_intro")
    progress_words = fields.Char("Tests passed", compute="_compute_progress_words")
    run_ids = fields.Many2many("trade.certification.run", compute="_compute_run_ids", string="Tries")
    missing = fields.Text(readonly=True, help="Why tests could not be made.")

    _one_per_pair = models.UniqueIndex(
        "(COALESCE(route_out_id, 0), route_in_id)", "There is already a certification of these two routes."
    )

    # -- computed ------------------------------------------------------------------------------

    @api.depends("trade_partner_id.name", "document_type", "route_out_id.document_type")
    def _compute_name(self):
        types = dict(self.env["trade.route"]._selection_document_type())
        for certification in self:
            kind = types.get(certification.document_type, "")
            if about := certification._about():
                kind = f"{kind} ({types[about]})"
            certification.name = f"{kind} ← {certification.trade_partner_id.name or ''}"

    @api.depends("route_in_id.document_type", "route_out_id.document_type")
    @api.depends_context("lang")
    def _compute_intro(self):
        for certification in self:
            cases = certification._cases()
            certification.intro = cases._intro() if cases is not None else ""

    @api.depends("passed_count", "test_count")
    def _compute_progress_words(self):
        for certification in self:
            certification.progress_words = f"{certification.passed_count} / {certification.test_count}"

    @api.depends("test_ids.run_ids")
    def _compute_run_ids(self):
        for certification in self:
            certification.run_ids = certification.test_ids.run_ids.sorted("id", reverse=True)

    def _cases(self):
        """The cases of this pair of routes; ``None`` when nothing here knows them any more."""
        return self.env["trade.certification.cases"]._of(self.document_type, self.asks)

    def _about(self):
        """What the document answers, where it may answer several; else nothing."""
        cases = self._cases() if self.document_type else None
        return self.asks if cases is not None and cases._after else None

    # -- setting up ----------------------------------------------------------------------------

    @api.model
    def _for_profile(self, profile, onboarding=None):
        """The certifications of a trading profile; what is missing is made, with its tests.

        :param onboarding: the case they belong to
        """
        certifications = self.sudo()
        for out, into in self.env["trade.certification.cases"]._pairs(profile):
            one = certifications.search([("route_out_id", "=", out.id), ("route_in_id", "=", into.id)])
            one = one or certifications.create(
                {
                    "trade_partner_id": profile.id,
                    "route_out_id": out.id,
                    "route_in_id": into.id,
                    "user_id": (onboarding and onboarding.user_id or profile.user_id).id,
                }
            )
            if onboarding and not one.onboarding_id:
                one.onboarding_id = onboarding
            certifications |= one
        for one in certifications:
            one._prepare_tests()
        return certifications

    def _prepare_tests(self):
        """Make the tests that are missing: of the template, and of what was traded before."""
        cases = self._cases()
        template = self.onboarding_id.template_id
        known = self.test_ids.case_id
        rows, missing = [], None
        Case = self.env["trade.certification.case"].sudo()
        for case in Case._for(template, self.document_type, self.asks) - known:
            try:
                prepared = cases._prepare(self, case)
            except TradeError as error:
                missing = sentences(error)
                continue
            rows.append(
                {
                    "certification_id": self.id,
                    "case_id": case.id,
                    "name": case.name,
                    "kind": case.kind,
                    "required": case.required,
                    "sequence": case.sequence,
                    **prepared,
                }
            )
        made = set(self.test_ids.mapped("history_key"))
        for row in cases._from_history(self):
            if row["history_key"] not in made:
                rows.append({"certification_id": self.id, "sequence": 100, "required": False, **row})
        self.env["trade.certification.test"].create(rows)
        self.missing = missing
        self._refresh()

    # -- where it stands -----------------------------------------------------------------------

    def _refresh(self):
        """After a test has changed: count, and pass when all that are needed are passed."""
        for one in self.sudo():
            needed = one.test_ids.filtered("required")
            passed = needed.filtered(lambda test: test.state == "passed")
            vals = {"test_count": len(needed), "passed_count": len(passed)}
            if {name: one[name] for name in vals} != vals:
                one.write(vals)
            if needed and passed == needed and one.state != "passed":
                one._pass()

    def _check_operator(self):
        if not self.env.user.has_group("trade_core.group_trade_user"):
            raise AccessError(self.env._("Ask a trading administrator for the right to run tests."))
        self.check_access("read")

    # -- what people press ---------------------------------------------------------------------

    def action_prepare(self):
        """Look once more for tests that can be made, such as of new products or of trading since."""
        self.ensure_one()
        self._check_operator()
        certification = self.sudo()
        before = len(certification.test_ids)
        certification._prepare_tests()
        made = len(certification.test_ids) - before
        return notice(
            self.env._("%s new tests.", made) if made else self.env._("There are no new tests."),
            "success" if made else "info",
        )

    def action_send_all(self):
        """Send all tests that are not passed yet."""
        self.ensure_one()
        self._check_operator()
        waiting = self.test_ids.filtered(lambda test: test.state in ("todo", "failed"))
        if not waiting:
            raise UserError(self.env._("Nothing to send: every test is passed or waits for its answer."))
        for test in waiting:
            test.action_send()
        return notice(self.env._("%s tests are on their way.", len(waiting)), "success")

    def action_open_case(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "trade.onboarding",
            "res_id": self.onboarding_id.id,
            "view_mode": "form",
        }

    # -- for the partner's pages ---------------------------------------------------------------

    def _rows(self):
        """Certifications as plain values, for the partner's pages."""
        labels = dict(self._fields["state"]._description_selection(self.env))
        return [
            {
                "id": one.id,
                "name": one.name,
                "document_type": one.document_type,
                "about": one._about(),
                "intro": one.intro,
                "state": one.state,
                "words": labels[one.state],
                "stale_reason": one.stale_reason or "",
                "passed": one.passed_count,
                "needed": one.test_count,
                "tests": [test._row() for test in one.test_ids],
            }
            for one in self.sudo()
        ]

    def _run_for_partner(self, test, upload=None, filename=None, who=None, broken=False):
        """Run one test as the partner asks for it: without a file the test order is sent (again), with
        one the file is checked as the answer.

        :param test: a ``trade.certification.test`` of this certification, or its id
        :param bytes upload: the answer
        :param str who: the partner's person
        :param broken: break the last good answer instead of sending; for tests of that kind
        :return: the test as plain values, see ``_row``
        :raise TradeError: it cannot be done now, and what to do
        """
        self.ensure_one()
        test_id = test if isinstance(test, int) else test.id
        test = self.sudo().test_ids.filtered(lambda one: one.id == test_id)
        if not test:
            raise AccessError(self.env._("This test belongs to somebody else."))
        if broken:
            test._break(who=who)
        elif upload is not None:
            test._upload(upload, filename, who=who)
        else:
            test._send(who=who)
        return test._row()
