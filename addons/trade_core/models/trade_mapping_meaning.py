from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.trade_kernel.identifiers import GTIN, normal_gtin
from odoo.addons.trade_kernel.proof import number

from ..mapping import units


class TradeMappingMeaning(models.AbstractModel):
    """A code and what it means in Odoo: a record of ours, or a value."""

    _name = "trade.mapping.meaning"
    _description = "Meaning of a Code"
    _rec_name = "code"

    kind = fields.Selection("_selection_kind", "What", required=True, default="product")
    scheme = fields.Char(
        "Whose code",
        help="seller, buyer, manufacturer, name (the item's text), or a scheme of ISO 6523 (0160: GTIN). "
        "Empty: whatever the partner calls it.",
    )
    code = fields.Char("Their code", required=True)
    code_key = fields.Char(compute="_compute_code_key", store=True, precompute=True)
    res_model = fields.Char(compute="_compute_res_model", store=True, precompute=True)
    res_id = fields.Many2oneReference(
        "Our record",
        model_field="res_model",
        compute="_compute_res_id",
        store=True,
        precompute=True,
        readonly=False,
    )
    product_id = fields.Many2one("product.product", ondelete="cascade", index="btree_not_null")
    uom_id = fields.Many2one("uom.uom", "Unit", ondelete="cascade", index="btree_not_null")
    factor = fields.Float(
        "Contains",
        digits=0,  # as many decimals as are given
        default=1.0,
        required=True,
        help="How many of our unit one of theirs is: 24 when their CT holds 24 Units.",
    )
    record_ref = fields.Reference(
        "_selection_record_ref", "Record", compute="_compute_record_ref", inverse="_inverse_record_ref"
    )
    value = fields.Char("Our value")
    target = fields.Char("Means", compute="_compute_target")
    note = fields.Text()

    # -- kinds ---------------------------------------------------------------------------------

    @api.model
    def _kinds(self):
        """``{kind: (label, model or None)}``; kinds without a model have a value. Addons add theirs."""
        return {
            "product": (self.env._("Product"), "product.product"),
            "uom": (self.env._("Unit"), "uom.uom"),
            "warehouse": (self.env._("Warehouse"), "stock.warehouse"),
            "tax": (self.env._("Tax"), "account.tax"),
            "carrier": (self.env._("Carrier"), "delivery.carrier"),
            "payment_term": (self.env._("Payment terms"), "account.payment.term"),
            "charge": (self.env._("Allowance or charge"), "product.product"),
            "partner": (self.env._("Trading partner"), "trade.partner"),
            "reason": (self.env._("Reason"), None),
            "status": (self.env._("Status"), None),
        }

    @api.model
    def _kind_model(self, kind):
        return self._kinds()[kind][1]

    @api.model
    def _kind_label(self, kind):
        return self._kinds()[kind][0]

    @api.model
    def _selection_kind(self):
        return [
            (kind, label) for kind, (label, model) in self._kinds().items() if not model or model in self.env
        ]

    @api.model
    def _selection_record_ref(self):
        models_ = {model for _label, model in self._kinds().values() if model and model in self.env}
        return [(name, self.env["ir.model"]._get(name).name) for name in sorted(models_)]

    # -- computed ------------------------------------------------------------------------------

    @api.depends("code", "scheme")
    def _compute_code_key(self):
        for mapping in self:
            mapping.code_key = self._key(mapping.scheme, mapping.code or "")

    @api.model
    def _key(self, scheme, code):
        """What two spellings of one code have in common: the 14 digits of a GTIN, else the code itself."""
        return (normal_gtin(code) if scheme == GTIN else None) or code.strip()

    @api.depends("kind")
    def _compute_res_model(self):
        for mapping in self:
            mapping.res_model = self._kind_model(mapping.kind) if mapping.kind else False

    @api.depends("product_id", "uom_id", "kind")
    def _compute_res_id(self):
        for mapping in self:
            if mapping.kind == "product":
                mapping.res_id = mapping.product_id.id
            elif mapping.kind == "uom":
                mapping.res_id = mapping.uom_id.id
            else:
                mapping.res_id = mapping.res_id if mapping.res_model else False

    @api.depends("res_model", "res_id")
    def _compute_record_ref(self):
        for mapping in self:
            known = mapping.res_model and mapping.res_model in self.env and mapping.res_id
            mapping.record_ref = f"{mapping.res_model},{mapping.res_id}" if known else False

    def _inverse_record_ref(self):
        for mapping in self:
            record = mapping.record_ref
            if record and record._name != mapping.res_model:
                raise ValidationError(
                    self.env._("A %(kind)s is needed here.", kind=self._kind_label(mapping.kind).lower())
                )
            mapping._set_record(record.id if record else False)

    def _set_record(self, res_id):
        name = {"product": "product_id", "uom": "uom_id"}.get(self.kind, "res_id")
        self[name] = res_id

    @api.depends("kind", "product_id", "uom_id", "res_id", "value", "factor")
    def _compute_target(self):
        for mapping in self:
            record = mapping._record()
            mapping.target = record if isinstance(record, str) else record.display_name or ""
            if mapping.kind == "uom" and mapping.factor != 1:
                mapping.target = f"{number(units.as_fraction(mapping.factor))} × {mapping.target}"

    @api.depends("code", "target")
    def _compute_display_name(self):
        for mapping in self:
            mapping.display_name = f"{mapping.code} → {mapping.target}" if mapping.target else mapping.code

    def _record(self):
        """The record this code means, or its value as text."""
        self.ensure_one()
        model = self._kind_model(self.kind) if self.kind else None
        if not model or model not in self.env:
            return self.value or ""
        return self.env[model].browse(self.res_id or ()).exists()

    def _code_name(self):
        """What two records have in common that speak of the same code."""
        self.ensure_one()
        return (self.kind, self.scheme or "", self.code_key)

    def _says(self):
        """What it says of the code: two records that say the same are equal in this."""
        self.ensure_one()
        return (self.res_id or False, self.value or "", self.factor)

    def _prepare_same(self):
        """Values of another record that says the same of the same code."""
        self.ensure_one()
        names = ("kind", "scheme", "code", "res_id", "factor", "value", "note")
        return {name: self[name] for name in names}

    @api.constrains("kind", "product_id", "uom_id", "res_id", "value")
    def _check_target(self):
        for mapping in self:
            if not mapping._record():
                raise ValidationError(
                    self.env._(
                        "Say what %(code)s means: choose the %(kind)s.",
                        code=mapping.code,
                        kind=self._kind_label(mapping.kind).lower(),
                    )
                )

    @api.constrains("kind", "factor")
    def _check_factor(self):
        for mapping in self:
            if mapping.factor <= 0:
                raise ValidationError(
                    self.env._("Say how many of our unit one %s is: more than zero.", mapping.code)
                )
            if mapping.kind != "uom" and mapping.factor != 1:
                raise ValidationError(self.env._("Only a unit contains something."))

    # -- CRUD ----------------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        usual = self.default_get(["kind"])["kind"]
        for vals in vals_list:
            self._spread(vals, usual)
        return super().create(vals_list)

    def write(self, vals):
        kinds = set(self.mapped("kind"))
        if len(kinds) == 1:
            vals = dict(vals)
            self._spread(vals, kinds.pop())
        return super().write(vals)

    @api.model
    def _spread(self, vals, kind):
        """A product or a unit stands in its own column, which has the foreign key; ``res_id`` follows it.
        What was chosen as ``record_ref`` is a ``res_id`` from the start, so that it is there to be checked.

        :param kind: unless it stands in the values
        """
        kind = vals.get("kind", kind)
        if chosen := vals.get("record_ref"):
            record = isinstance(chosen, models.BaseModel)
            model, res_id = (chosen._name, chosen.id) if record else chosen.split(",")
            if model == self._kind_model(kind):
                del vals["record_ref"]
                vals["res_id"] = int(res_id)
        name = {"product": "product_id", "uom": "uom_id"}.get(kind)
        if name and vals.get("res_id"):
            vals.setdefault(name, vals.pop("res_id"))
