import logging
from collections import defaultdict

from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.trade_core.data_values import key_of
from odoo.addons.trade_core.mapping import companies
from odoo.addons.trade_core.tools import sentences
from odoo.addons.trade_kernel.errors import TradeError

from .. import forms
from .trade_onboarding import OPEN

_logger = logging.getLogger(__name__)

#: columns with a number that names one company → the scheme of a document's party
_NUMBERS = {"tax.vat": "vat", "identifiers.gln": "0088", "identifiers.duns": "0060"}


class TradeOnboardingBatchRow(models.Model):
    """A row of a list, on its way to a case."""

    _name = "trade.onboarding.batch.row"
    _description = "Row of an Onboarding List"
    _order = "batch_id, number"

    batch_id = fields.Many2one("trade.onboarding.batch", required=True, ondelete="cascade", index=True)
    number = fields.Integer("Row", readonly=True, aggregator=None)
    cells = fields.Json(readonly=True)
    name = fields.Char("Company", readonly=True)
    email = fields.Char(readonly=True)
    state = fields.Selection(
        [("ready", "Right"), ("refused", "Refused"), ("done", "Made"), ("failed", "Failed")],
        "Status",
        readonly=True,
        default="ready",
        required=True,
        index=True,
    )
    problem = fields.Text("What is wrong", readonly=True)
    warning = fields.Text("To be noted", readonly=True)
    vals = fields.Json(readonly=True, help="Of the case.")
    entered = fields.Json(readonly=True, help="By step of the template: what its form would get.")
    onboarding_id = fields.Many2one("trade.onboarding", "Case", readonly=True)

    # -- checking ------------------------------------------------------------------------------

    def _check(self):
        """Say of each row what is wrong with it, all of it at once."""
        batch = self.batch_id
        columns = batch.template_id._list_columns()
        users = self._users()
        languages = dict(self.env["res.lang"].get_installed())
        known, seen = self._known(), defaultdict(dict)
        for row in self:
            problems, warnings, entered = [], [], {}
            cells = row.cells
            if not cells.get("company"):
                problems.append(self.env._("company: the name is missing."))
            for head, (kept, field) in columns.items():
                if cells.get(head):
                    try:
                        value = forms.coerce(field, cells[head])
                    except (TypeError, ValueError):
                        problems.append(
                            self.env._("%(column)s: “%(value)s” is none.", column=head, value=cells[head])
                        )
                        continue
                    entered.setdefault(str(kept.id), {})[field.name] = value
            vals = {
                "name": cells.get("company"),
                "email": cells.get("email") or False,
                "contact_name": cells.get("contact") or False,
                "lang": cells.get("language") or self.env.user.lang,
                "user_id": batch.user_id.id,
            }
            if vals["email"] and ("@" not in vals["email"] or " " in vals["email"]):
                problems.append(self.env._("email: “%s” is no address.", vals["email"]))
            if batch.invite and not vals["email"]:
                problems.append(self.env._("email: it is missing, and invitations are to be sent."))
            if vals["lang"] not in languages:
                problems.append(
                    self.env._(
                        "language: “%(code)s” is not installed; there are %(known)s.",
                        code=vals["lang"],
                        known=", ".join(languages),
                    )
                )
            if owner := cells.get("owner"):
                vals["user_id"] = users.get(owner.lower())
                if not vals["user_id"]:
                    problems.append(self.env._("owner: nobody here has the login “%s”.", owner))
            for name, value in (("company", cells.get("company")), ("email", vals["email"])):
                key = (value or "").lower()
                if key and key in seen[name]:
                    problems.append(
                        self.env._(
                            "%(column)s: the same as in row %(row)s.", column=name, row=seen[name][key]
                        )
                    )
                elif key:
                    seen[name][key] = row.number
                warnings += known.get((name, key), [])
            warnings += row._check_numbers(known, seen)
            row.write(
                {
                    "name": vals["name"],
                    "email": vals["email"],
                    "state": "refused" if problems else "ready",
                    "problem": "\n".join(problems),
                    "warning": "\n".join(dict.fromkeys(warnings)),
                    "vals": vals,
                    "entered": entered,
                }
            )

    def _check_numbers(self, known, seen):
        """Who has the same number, here or in the list: it may be the same company.

        :return: warnings
        """
        warnings = []
        for head in _NUMBERS:
            if not (key := key_of(self.cells.get(head))):
                continue
            if first := seen[head].get(key):
                warnings.append(
                    self.env._(
                        "%(column)s: the same as in row %(row)s; it may be the same company.",
                        column=head,
                        row=first,
                    )
                )
            seen[head].setdefault(key, self.number)
            warnings += known.get((head, key), [])
        return warnings

    def _users(self):
        logins = {row.cells["owner"].lower() for row in self if row.cells.get("owner")}
        users = self.env["res.users"].search([("login", "in", list(logins)), ("share", "=", False)])
        return {user.login.lower(): user.id for user in users}

    def _known(self):
        """Open cases and companies with the same name or address: ``{(column, value): [words]}``."""
        names = [row.cells["company"] for row in self if row.cells.get("company")]
        mails = [row.cells["email"] for row in self if row.cells.get("email")]
        company = self.batch_id.company_id
        found = defaultdict(list)
        cases = self.env["trade.onboarding"].search(
            fields.Domain("company_id", "=", company.id)
            & fields.Domain("state", "in", OPEN)
            & (fields.Domain("name", "in", names) | fields.Domain("email", "in", mails))
        )
        for case in cases:
            words = self.env._("There is an open case for %s.", case.name)
            found["company", case.name.lower()].append(words)
            found["email", (case.email or "").lower()].append(words)
        partners = self.env["res.partner"].search(
            fields.Domain("is_company", "=", True)
            & fields.Domain("company_id", "in", [False, company.id])
            & (fields.Domain("name", "in", names) | fields.Domain("email", "in", mails))
        )
        for partner in partners:
            words = self.env._(
                "There is a contact %s; the check for duplicates will ask.", partner.display_name
            )
            found["company", partner.name.lower()].append(words)
            found["email", (partner.email or "").lower()].append(words)
        self._known_numbers(company, found)
        return found

    def _known_numbers(self, company, found):
        """Trading partners and contacts with the same VAT number, GLN or D-U-N-S."""
        told = {
            (scheme, number): head
            for row in self
            for head, scheme in _NUMBERS.items()
            if (number := (row.cells.get(head) or "").strip())
        }
        profiles = self.env["trade.partner"].sudo()
        hits = [
            (told[pair], pair[1], profiles.browse(hit.target))
            for pair, hit in companies.known(self.env, company, told)
        ]
        vats = {number for scheme, number in told if scheme == "vat"}
        contacts = self.env["res.partner"].search(
            fields.Domain("vat", "in", [*vats, *map(key_of, vats)])
            & fields.Domain("company_id", "in", [False, company.id])
        )
        hits += [("tax.vat", contact.vat, contact.commercial_partner_id) for contact in contacts]
        for head, number, record in hits:
            words = self.env._(
                "%(column)s: it is the number of %(name)s; the check for duplicates will ask.",
                column=head,
                name=record.display_name,
            )
            found[head, key_of(number)].append(words)

    # -- making --------------------------------------------------------------------------------

    def _make(self):
        """Cases for these rows, all at once; when one fails, one by one."""
        try:
            with self.env.cr.savepoint():
                self._make_all()
        except Exception as error:
            if len(self) > 1:
                for row in self:
                    row._make()
                return
            if not isinstance(error, TradeError | UserError):
                _logger.exception("row %s of an onboarding list failed", self.id)
            words = sentences(error) if isinstance(error, TradeError) else str(error)
            self.write({"state": "failed", "problem": words})

    def _make_all(self):
        batch = self.batch_id
        cases = self.env["trade.onboarding"].create(
            [
                {**row.vals, "template_id": batch.template_id.id, "company_id": batch.company_id.id}
                for row in self
            ]
        )
        forms_of = defaultdict(list)
        for kept, field in batch.template_id._list_columns().values():
            forms_of[kept].append(field)
        for row, case in zip(self, cases, strict=True):
            for step in case.step_ids:
                if values := (row.entered or {}).get(str(step.template_step_id.id)):
                    step._save(values, form=forms_of[step.template_step_id])
            row.write({"onboarding_id": case.id, "state": "done"})
        if batch.invite:
            cases.action_invite()
