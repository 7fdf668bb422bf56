"""What a person is offered to solve a problem, by its class."""

from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools.misc import format_datetime

from odoo.addons.trade_kernel.proof import number

from ..mapping import candidates, statements
from ..mapping.units import as_fraction

_READ = 20  # waiting documents looked into for what the partner says
_WRITES_TO_PARTNER = ("validation", "duplicate", "sequence", "silence")


class TradeException(models.Model):
    _inherit = "trade.exception"

    fix_kind = fields.Selection(
        [
            ("mapping", "Say what a code means"),
            ("code", "Say what the partner calls it"),
            ("connector", "The connection"),
            ("document", "The document"),
            ("silence", "The missing answer"),
            ("other", "Look and replay"),
        ],
        compute="_compute_fix_kind",
    )
    mapping_kind = fields.Char(compute="_compute_fix_kind")
    mapping_label = fields.Char(compute="_compute_fix_kind")
    mapping_scheme = fields.Char(compute="_compute_fix_kind")
    mapping_code = fields.Char("Their code", compute="_compute_fix_kind")
    fix_model = fields.Char(compute="_compute_fix_kind")
    fix_product_id = fields.Many2one("product.product", "Product", check_company=True)
    fix_uom_id = fields.Many2one(
        "uom.uom", "Unit", compute="_compute_fix_unit", store=True, precompute=True, readonly=False
    )
    fix_factor = fields.Float(
        "One of theirs holds",
        digits=0,
        compute="_compute_fix_unit",
        store=True,
        precompute=True,
        readonly=False,
        help="How many of our unit one of theirs is.",
    )
    fix_for_product = fields.Boolean(
        "For this product only",
        compute="_compute_fix_unit",
        store=True,
        precompute=True,
        readonly=False,
        help="Else the partner's unit means this for all products that have no mapping of their own.",
    )
    mapping_product_id = fields.Many2one("product.product", compute="_compute_fix_kind")
    fix_ref = fields.Reference("_selection_fix_ref", "Record")
    fix_value = fields.Char("Value")
    fix_shared = fields.Boolean("For all partners", help="Empty: the code means this for this partner only.")
    candidates = fields.Json(compute="_compute_candidates")
    partner_says = fields.Html("What the partner says", compute="_compute_partner_says", sanitize=False)
    raw_view = fields.Json("Document as it came", compute="_compute_raw_view")
    text_for_partner = fields.Text("Text for the partner", compute="_compute_text_for_partner")
    circuit_state = fields.Selection(related="connector_id.circuit_state", string="Connection")
    circuit_reason = fields.Char(related="connector_id.circuit_reason", string="Why")
    circuit_probe_at = fields.Datetime(related="connector_id.circuit_probe_at", string="Next probe")

    @api.model
    def _selection_fix_ref(self):
        return self.env["trade.mapping"]._selection_record_ref()

    # -- what there is to fix ------------------------------------------------------------------

    @api.depends("params", "exception_class", "connector_id")
    def _compute_fix_kind(self):
        kinds = self.env["trade.mapping"]._kinds()
        for problem in self:
            params = problem.params or {}
            kind = params.get("kind") if params.get("kind") in kinds and "key" in params else None
            problem.mapping_kind = kind
            problem.mapping_label, problem.fix_model = kinds[kind] if kind else (False, False)
            problem.mapping_scheme, problem.mapping_code = params["key"] if kind else (False, False)
            problem.mapping_product_id = (
                problem.env["product.product"].browse(params.get("product_id") or ()).exists()
                if kind == "uom"
                else False
            )
            problem.fix_kind = problem._kind_of_fix(kind, params)

    @api.depends("params")
    def _compute_fix_unit(self):
        """Of what nobody knows how much it holds, the unit of ours is known; the number is for a person."""
        for problem in self:
            params = problem.params or {}
            if problem.fix_uom_id or params.get("kind") != "uom":
                continue
            problem.fix_uom_id = (
                problem.env["uom.uom"].browse(params.get("unit_id") or ()).exists()
                if params.get("product_id")
                else False
            )
            problem.fix_factor = 0.0 if params.get("product_id") else 1.0
            problem.fix_for_product = bool(params.get("product_id"))

    def _kind_of_fix(self, mapped, params):
        if self.exception_class == "mapping" and mapped:
            return "code" if params.get("record_id") else "mapping"
        if self.exception_class in ("partner_down", "authentication") and self.connector_id:
            return "connector"
        if self.exception_class == "silence":
            return "silence"
        return "document" if self.exception_class in ("validation", "duplicate", "sequence") else "other"

    @api.depends("fix_kind", "waiting_ids")
    def _compute_raw_view(self):
        """The first document that waits, the offending places marked."""
        for problem in self:
            document = (
                problem.waiting_ids[:1] if problem.fix_kind == "document" else problem.waiting_ids.browse()
            )
            problem.raw_view = document.raw_view if document else False

    def _statements(self):
        """What the partner says about the code, see :func:`statements.about`."""
        self.ensure_one()
        return statements.about(
            self.waiting_ids[:_READ], self.mapping_kind, self.mapping_code, self.params or {}
        )

    @api.depends("params", "waiting_ids")
    def _compute_candidates(self):
        for problem in self:
            problem.candidates = False
            if problem.fix_kind == "mapping" and problem.mapping_kind in ("product", "uom"):
                texts = {text for said in problem._statements() for text in said["texts"]}
                if text := (problem.params or {}).get("text"):
                    texts.add(text)
                find = candidates.products if problem.mapping_kind == "product" else candidates.units
                problem.candidates = find(problem, sorted(texts)) or False

    @api.depends("params", "waiting_ids")
    def _compute_partner_says(self):
        for problem in self:
            said = problem._statements() if problem.fix_kind == "mapping" else []
            problem.partner_says = statements.as_table(self.env, said) if said else False

    @api.depends("errors", "waiting_ids", "exception_class")
    def _compute_text_for_partner(self):
        for problem in self:
            problem.text_for_partner = (
                problem._letter() if problem.exception_class in _WRITES_TO_PARTNER else False
            )

    def _letter(self):
        """A text that a person can send to the partner as it is."""
        waiting = self.waiting_ids
        documents = "\n".join(
            f"- {self._known_as(message)}"
            f" ({format_datetime(self.env, message.sent_at or message.received_at, tz='UTC')} UTC)"
            for message in waiting[:10]
        )
        if len(waiting) > 10:
            documents += "\n" + self.env._("- and %s more", self.waiting_count - 10)
        if self.exception_class == "silence":
            asking = self.env._("we have not received your answer to these documents yet:")
            please = self.env._("Please answer them, or tell us if they did not arrive.")
        else:
            asking = self.env._("we could not process these documents from you:")
            please = self.env._("Please correct them and send them again.")
        parts = [self.env._("Hello,"), f"{asking}\n{documents}", *self._letter_reasons(), please]
        return "\n\n".join(parts)

    @staticmethod
    def _known_as(message):
        """By what the partner finds a document again; one that could not be read has no number."""
        return message.document_number or message.filename or message.idempotency_key

    def _letter_reasons(self):
        if self.exception_class == "silence" or not self.errors:
            return []
        lines = [
            f"- {error['message']}"
            + (self.env._(" (at %s)", error["pointer"]) if error.get("pointer") else "")
            for error in self.errors
        ]
        return [self.env._("The reason:") + "\n" + "\n".join(lines)]

    # -- fixing --------------------------------------------------------------------------------

    def _fix_action(self):
        """The action behind the main button. Addons override it for problems that are solved elsewhere, by
        class and code, and return ``super()`` for all others.

        The fix may be chosen already on the form (``fix_product_id`` …).
        """
        self.ensure_one()
        return self.env["trade.exception.fix"]._prepare(self)

    def _chosen(self):
        """What was chosen as the meaning of the code: a record, a text, or nothing."""
        self.ensure_one()
        if self.fix_kind == "code":
            return (self.fix_value or "").strip()
        if self.mapping_kind == "product":
            return self.fix_product_id
        if self.mapping_kind == "uom":
            return self.fix_uom_id
        return self.fix_ref if self.fix_model else (self.fix_value or "").strip()

    def _mapping_vals(self):
        """Values of the mapping that solves this problem.

        :raise UserError: nothing was chosen yet
        :raise AccessError: for all partners, without being a manager
        """
        self.ensure_one()
        chosen = self._chosen()
        if not chosen:
            raise UserError(
                self.env._("Choose what %(code)s means first.", code=self.mapping_code)
                if self.fix_kind == "mapping"
                else self.env._("Enter the partner's code first.")
            )
        if self.fix_shared and not self.env.user.has_group("trade_core.group_trade_manager"):
            raise AccessError(self.env._("Only trading managers may say what a code means for all partners."))
        vals = {
            "company_id": self.company_id.id,
            "trade_partner_id": False if self.fix_shared else self.trade_partner_id.id,
            "kind": self.mapping_kind,
            "scheme": self.mapping_scheme or False,
            "origin": self.env._("Problem #%(id)s: %(name)s", id=self.id, name=self.name),
        }
        if self.fix_kind == "code":
            return {**vals, "code": chosen, "res_id": self.params["record_id"]}
        target = {"value": chosen} if isinstance(chosen, str) else {"res_id": chosen.id}
        if self.mapping_kind == "uom":
            if self.fix_factor <= 0:
                raise UserError(
                    self.env._(
                        "Say how many %(unit)s one %(code)s holds.",
                        unit=chosen.name,
                        code=self.mapping_code,
                    )
                )
            target |= {
                "factor": self.fix_factor,
                "for_product_id": self.mapping_product_id.id if self.fix_for_product else False,
            }
        return {**vals, "code": self.mapping_code, **target}

    def _fix_sentence(self):
        """What the fix says, in one sentence with the names in it."""
        self.ensure_one()
        chosen = self._chosen()
        name = chosen if isinstance(chosen, str) else chosen.display_name
        if self.mapping_kind == "uom" and self.fix_kind == "mapping":
            name = f"{number(as_fraction(self.fix_factor))} × {name}" if self.fix_factor != 1 else name
            if self.fix_for_product and self.mapping_product_id:
                name += f" ({self.mapping_product_id.display_name})"
        whom = self.env._("all partners") if self.fix_shared else self.trade_partner_id.name
        if self.fix_kind == "code":
            return Markup(self.env._("From now on, %(whom)s calls it <b>%(code)s</b>.")) % {
                "whom": whom,
                "code": name,
            }
        return Markup(self.env._("From now on, <b>%(code)s</b> means <b>%(name)s</b> for %(whom)s.")) % {
            "code": self.mapping_code,
            "name": name,
            "whom": whom,
        }
