from odoo import models
from odoo.exceptions import ValidationError
from stdnum import bic

from odoo.addons.base_iban.models.res_partner_bank import pretty_iban, validate_iban
from odoo.addons.trade_core.mapping.candidates import similarity
from odoo.addons.trade_kernel.errors import BusinessRefused

from ..forms import Field, Finding
from ..rights import check_right

_ALIKE = 60  # percent


class TradeOnboardingKindBank(models.AbstractModel):
    """Where the partner is paid. Confirmed by somebody who did not enter it, after a call to a number we knew
    before: changed bank details by mail are the commonest fraud there is."""

    _name = "trade.onboarding.kind.bank"
    _inherit = "trade.onboarding.kind"
    _description = "Bank details"

    _actor = "partner"
    _gate = "verified"
    _applies_at = "approved"
    _sensitive = True

    def _form(self, step):
        return [
            Field("holder", self.env._("Account holder"), required=True, group="banking"),
            Field("iban", self.env._("IBAN"), group="banking"),
            Field("number", self.env._("Account number, when there is no IBAN"), group="banking"),
            Field("bic", self.env._("BIC (SWIFT)"), group="banking"),
            Field("bank", self.env._("Bank"), group="banking"),
            Field("called", self.env._("Whom we called"), ours=True),
            Field(
                "called_number",
                self.env._("At which number"),
                ours=True,
                help=self.env._("One we knew before, or from a public register; never from this form."),
            ),
            Field("called_note", self.env._("What they said"), "text", ours=True),
        ]

    def _prefill(self, step):
        partner = step.onboarding_id.partner_id
        account = partner.bank_ids[:1]
        return {"holder": partner.name or step.onboarding_id.name, "iban": account.acc_number or None}

    def _check(self, step):
        values = step._values()
        findings = []
        if values.get("iban"):
            findings += self._check_iban(values["iban"])
        elif not values.get("number"):
            words = self.env._("Enter the IBAN, or an account number where your country has none.")
            findings.append(Finding("error", words, "iban"))
        if values.get("bic") and not bic.is_valid(values["bic"]):
            words = self.env._("%s is no BIC: it has 8 or 11 characters.", values["bic"])
            findings.append(Finding("error", words, "bic"))
        return [*findings, *self._check_holder(step), *self._check_known(step)]

    def _check_iban(self, entered):
        try:
            validate_iban(entered)
        except ValidationError as error:
            words = self.env._("%(iban)s is no IBAN. %(why)s", iban=entered, why=error)
            return [Finding("error", words, "iban", self.env._("Copy it from a statement of your bank."))]
        return [Finding("ok", self.env._("%s is a well formed IBAN.", pretty_iban(entered)), "iban")]

    def _check_holder(self, step):
        case, holder = step.onboarding_id, step._values().get("holder") or ""
        if not holder or similarity(holder, case.name) >= _ALIKE:
            return []
        words = self.env._(
            "The account is held by %(holder)s, not by %(name)s.", holder=holder, name=case.name
        )
        return [Finding("warning", words, "holder")]

    def _check_known(self, step):
        number = self._account_number(step)
        if not number:
            return []
        found = (
            self.env["res.partner.bank"]
            .sudo()
            .search(
                [
                    ("sanitized_acc_number", "=", number.upper()),
                    ("partner_id", "!=", step.onboarding_id.partner_id.id),
                ]
            )
        )
        return [
            Finding(
                "warning",
                self.env._("%s has the same account.", bank.partner_id.display_name),
                "iban",
                record=("res.partner", bank.partner_id.id, self.env._("Open the contact")),
            )
            for bank in found
        ]

    def _account_number(self, step):
        values = step._values()
        return "".join((values.get("iban") or values.get("number") or "").split())

    def _check_confirm(self, step):
        result = super()._check_confirm(step)
        check_right(self.env, self.env.ref("trade_core.group_trade_bank"))
        values = step._values()
        if step.entered_by_id == self.env.user and not self.env.su:
            raise BusinessRefused("onboarding.own_approval")
        if not all((values.get(name) or "").strip() for name in ("called", "called_number", "called_note")):
            raise BusinessRefused("onboarding.no_call")
        return result

    def _apply(self, step):
        case, values = step.onboarding_id, step._values()
        number = self._account_number(step)
        accounts = case.partner_id.sudo().bank_ids
        if not number or number.upper() in accounts.mapped("sanitized_acc_number"):
            return
        Bank = self.env["res.bank"].sudo()
        bank = Bank.search([("bic", "=", values["bic"].upper())], limit=1) if values.get("bic") else Bank
        if values.get("bic") and not bank:
            vals = {"name": values.get("bank") or values["bic"], "bic": values["bic"].upper()}
            bank = self.env["trade.onboarding.effect"]._create_record(step, "res.bank", vals)
        vals = {
            "partner_id": case.partner_id.id,
            "acc_number": number,
            "acc_holder_name": values.get("holder"),
            "bank_id": bank.id,
        }
        if "allow_out_payment" in self.env["res.partner.bank"]._fields:
            vals["allow_out_payment"] = True  # it was called back and confirmed by a second person
        self.env["trade.onboarding.effect"]._create_record(step, "res.partner.bank", vals)
