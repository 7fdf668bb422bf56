from odoo import fields, models

from odoo.addons.trade_kernel import onboarding


class TradeOnboarding(models.Model):
    """The tests of a case, and what they mean for going live."""

    _inherit = "trade.onboarding"

    certification_ids = fields.One2many(
        "trade.certification", "onboarding_id", "Certifications", readonly=True
    )
    certification_words = fields.Char(compute="_compute_certification_words")

    def _compute_certification_words(self):
        for case in self:
            passed = case.certification_ids.filtered(lambda one: one.state == "passed")
            case.certification_words = f"{len(passed)} / {len(case.certification_ids)}"

    def _certification_step(self):
        return self.step_ids.filtered(
            lambda step: step.kind == "certification" and step.state not in onboarding.SETTLED
        )

    def _certified(self):
        """A certification was passed: the step is done when it was the last one."""
        for case in self.sudo():
            for step in case._certification_step():
                if step.ready_at and not step._kind()._open(step):
                    last = case.certification_ids.run_ids.sorted("id")[-1:]
                    step._settle(step._kind()._check(step), last.who)
            case._refresh()

    def _certify_again(self):
        """A certification no longer holds: the partner is asked to run its tests again. A case that is live
        stays so, and is not released anew."""
        for case in self.sudo():
            steps = case.step_ids.filtered(lambda step: step.kind == "certification" and step.state == "done")
            if not steps or case.state in ("rejected", "offboarded"):
                continue
            words = case.with_context(lang=case.lang or self.env.lang).env._(
                "How we are connected has changed since your tests were passed. Please run them once more."
            )
            steps._reopen(words, onward=case.state != "live")
            case._refresh()
            if case.email and case.state in onboarding.ROAD and steps.filtered("ready_at"):
                case._mail("trade_onboarding.mail_template_reminder")

    def _routes_going_live(self):
        """Routes for which there are tests stay on trial until they are passed, when the template asks so."""
        routes = super()._routes_going_live()
        if not self.template_id.certified_only:
            return routes
        passed = routes._certifications().filtered(lambda one: one.state == "passed")
        pairs = self.env["trade.certification.cases"]._pairs(self.trade_partner_id)
        tested = self.env["trade.route"].union(*(route for pair in pairs for route in pair))
        return routes - (tested - passed.route_out_id - passed.route_in_id)

    def action_open_certifications(self):
        self.ensure_one()
        self.check_access("read")
        if not self.certification_ids and self.trade_partner_id:
            self.env["trade.certification"]._for_profile(self.trade_partner_id, self.sudo())
        action = self.env["ir.actions.act_window"]._for_xml_id("trade_onboarding.trade_certification_action")
        return {**action, "domain": [("onboarding_id", "=", self.id)], "context": {}}
