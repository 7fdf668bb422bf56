"""What the tests of onboarding share: a small template, and people with different rights."""

from odoo.tests import TransactionCase, new_test_user

#: name, kind, who, gate, names of those it waits for
SMALL = (
    ("Company", "legal", "partner", "profiled", ()),
    ("Numbers", "identifiers", "partner", "profiled", ()),
    ("Look at it", "task", "us", "verified", ("Company",)),
    ("Approve", "approval", "us", "approved", ("Look at it", "Numbers")),
    ("Release", "go_live", "us", "live", ("Approve",)),
)
COMPANY = {
    "name": "Alder Quay GmbH",
    "street": "Holzweg 1",
    "zip": "10115",
    "city": "Berlin",
    "country": "DE",
    "email": "orders@alderquay.example",
}


class OnboardingCase(TransactionCase):
    """A template of five steps, its owner, somebody who approves, and a case."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        groups = "trade_core.group_trade_manager"
        cls.owner = new_test_user(cls.env, "onboarding_owner", groups, name="Olga Owner")
        cls.approver = new_test_user(
            cls.env,
            "onboarding_approver",
            f"{groups},trade_onboarding.group_onboarding_approver,trade_core.group_trade_bank",
            name="Abe Approver",
        )
        cls.plain = new_test_user(cls.env, "onboarding_plain", "trade_core.group_trade_user")
        cls.template = cls._template(SMALL)
        cls.env = cls.env(user=cls.owner)

    @classmethod
    def _template(cls, steps, **vals):
        template = cls.env["trade.onboarding.template"].create({"name": "Small", **vals})
        made = {}
        for number, (name, kind, actor, gate, after) in enumerate(steps):
            approver = cls.env.ref("trade_onboarding.group_onboarding_approver")
            made[name] = cls.env["trade.onboarding.template.step"].create(
                {
                    "template_id": template.id,
                    "sequence": number,
                    "name": name,
                    "kind": kind,
                    "actor": actor,
                    "gate": gate,
                    "depends_ids": [(6, 0, [made[other].id for other in after])],
                    "group_id": approver.id if kind == "approval" else False,
                }
            )
        return template

    def _case(self, **vals):
        return self.env["trade.onboarding"].create(
            {
                "name": "Alder Quay",
                "template_id": self.template.id,
                "email": "orders@alderquay.example",
                "user_id": self.owner.id,
                **vals,
            }
        )

    def _step(self, case, name):
        return case.step_ids.filtered(lambda step: step.name == name)

    def _partner_does(self, case, name, values=None):
        """The partner fills in a step and says it is complete."""
        return self._step(case, name)._submit(values or {}, who="Wilma, 192.0.2.7")

    def _verified(self, case=None, numbers=True):
        """A case in which only the approval is missing."""
        case = case or self._case()
        self._partner_does(case, "Company", COMPANY)
        if numbers:
            self._partner_does(case, "Numbers")
        self._step(case, "Look at it").action_done()
        return case

    def _approved(self, case=None):
        case = self._verified(case)
        self._step(case, "Approve").with_user(self.approver).action_done()
        return case
