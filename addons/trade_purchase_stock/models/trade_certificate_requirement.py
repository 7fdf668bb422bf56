from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class Need(NamedTuple):
    """A certificate that a receipt needs, and what there is of it."""

    requirement: models.BaseModel
    product: models.BaseModel
    lot: str  # the lot's name; empty: it is for the product
    vendor: models.BaseModel
    certificate: models.BaseModel  # the one that counts, else the newest that does not, else empty
    is_met: bool

    @property
    def key(self):
        """What it is about, as text that can be kept."""
        return f"{self.requirement.type_id.id}:{self.vendor.id}:{self.product.id}:{self.lot}"


class TradeCertificateRequirement(models.Model):
    """Which goods are received with which certificates."""

    _name = "trade.certificate.requirement"
    _description = "Required Certificate"
    _order = "sequence, id"
    _check_company_auto = True

    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", "Our company", required=True, default=lambda self: self.env.company, index=True
    )
    type_id = fields.Many2one("trade.certificate.type", "Certificate", required=True, ondelete="restrict")
    scope = fields.Selection(
        [("product", "For the product"), ("lot", "For each lot")], "One", required=True, default="product"
    )
    product_tmpl_id = fields.Many2one(
        "product.template", "Product", index="btree_not_null", ondelete="cascade", check_company=True
    )
    categ_id = fields.Many2one("product.category", "Product category", ondelete="cascade")
    partner_id = fields.Many2one(
        "res.partner", "Vendor", index="btree_not_null", ondelete="cascade", help="Empty: of all vendors."
    )
    is_blocking = fields.Boolean(
        "Blocks the receipt", default=True, help="Else the receipt is validated with a warning."
    )
    must_be_verified = fields.Boolean(
        "Must be verified", default=True, help="Else it counts as soon as it has been received."
    )
    renew_days = fields.Integer("Remind before (days)", default=30, help="Before a certificate ends.")

    _days = models.Constraint("CHECK (renew_days >= 0)", "Remind zero days before, or more.")

    @api.depends("type_id", "product_tmpl_id", "categ_id", "partner_id")
    def _compute_display_name(self):
        for requirement in self:
            about = requirement.product_tmpl_id or requirement.categ_id or requirement.partner_id
            requirement.display_name = " · ".join(
                filter(None, (requirement.type_id.name, about.display_name))
            )

    @api.constrains("product_tmpl_id", "categ_id", "partner_id")
    def _check_about(self):
        for requirement in self:
            if not (requirement.product_tmpl_id or requirement.categ_id or requirement.partner_id):
                raise ValidationError(
                    self.env._("Say for what it is required: a product, a category or a vendor.")
                )

    def _matches(self, product, vendor):
        self.ensure_one()
        if self.product_tmpl_id and self.product_tmpl_id != product.product_tmpl_id:
            return False
        if self.categ_id and not (product.categ_id.parent_path or "").startswith(self.categ_id.parent_path):
            return False
        return not self.partner_id or self.partner_id.commercial_partner_id == vendor

    @api.model
    def _needs(self, goods, company):
        """What goods need; three queries.

        :param goods: ``[(product, lot name or "", vendor)]``
        :return: list of :class:`Need`, each certificate once
        """
        goods = [(product, lot, vendor.commercial_partner_id) for product, lot, vendor in goods]
        requirements = self.sudo().search([("company_id", "=", company.id)])
        wanted = {}
        for product, lot, vendor in goods:
            for requirement in requirements:
                if requirement._matches(product, vendor):
                    name = lot if requirement.scope == "lot" else ""
                    found = wanted.setdefault((requirement.type_id, product, name, vendor), [])
                    found.append(requirement)
        known = self.env["trade.certificate"].sudo()._of(wanted, company)
        needs = []
        for (kind, product, lot, vendor), found in wanted.items():
            # Several rules about the same: the strictest counts.
            requirement = max(found, key=lambda one: (one.is_blocking, one.must_be_verified))
            papers = known.get((kind, vendor), self.env["trade.certificate"].sudo())
            papers = papers.filtered(lambda one, product=product, lot=lot: one._is_about(product, lot))
            good = papers.filtered(lambda one, rule=requirement: one._counts(rule.must_be_verified))
            needs.append(Need(requirement, product, lot, vendor, (good or papers)[:1], bool(good)))
        return needs
