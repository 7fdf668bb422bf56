"""How many of our unit one unit of a partner is: proven, or a person is asked.

In this order: what people said about this partner's unit of this product, of all its products, of all
partners; "mutually defined", which is our unit when that has no code; what is exact by definition (the
kernel's table of Recommendation 20); what Odoo's units say; for a package, the packagings of the product.
Nothing is guessed: a package that no packaging is called like waits.
"""

from fractions import Fraction
from typing import NamedTuple

from odoo.tools import SQL

from odoo.addons.trade_kernel import units as kernel
from odoo.addons.trade_kernel.errors import MappingAmbiguous, MappingMissing
from odoo.addons.trade_kernel.proof import number

from . import units


class Factor(NamedTuple):
    """How many of our unit one of theirs is, and why we think so."""

    ratio: Fraction
    by: str
    mapping_id: int | None = None
    is_defined: bool = False  # exact by definition: nobody here can be wrong about it


class Factors:
    """The units of one partner, for one batch of documents; ``resolver.factors``."""

    def __init__(self, resolver):
        self.resolver, self.env = resolver, resolver.env
        self._said = {}  # code → [(partner's own, product id, uom, factor, mapping id)]
        self._known = {}  # (code, unit, product, pack) → Factor
        self._definitions, self._codes = {}, {}  # (code, unit) → Factor or None; unit → codes of its chain

    def prefetch(self, codes):
        """Look up what people said about these codes; one query."""
        codes = {code.strip() for code in codes} - self._said.keys()
        if not codes:
            return
        self._said |= {code: [] for code in codes}
        Mapping = self.env["trade.mapping"]
        Mapping.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
            SELECT code_key, trade_partner_id IS NOT NULL, for_product_id, uom_id, factor, id
              FROM trade_mapping
             WHERE company_id = %(company)s AND kind = 'uom' AND code_key = ANY(%(codes)s)
               AND state = 'confirmed' AND active
               AND (trade_partner_id IS NULL OR trade_partner_id = %(partner)s)
               AND (valid_from IS NULL OR valid_from <= %(on)s) AND (valid_to IS NULL OR valid_to >= %(on)s)
             ORDER BY trade_partner_id IS NULL, for_product_id IS NULL, id""",
                company=self.resolver.company.id,
                codes=list(codes),
                partner=self.resolver.partner.id or None,
                on=self.resolver.on,
            )
        )
        for code, own, product_id, uom_id, factor, mapping_id in rows:
            uom = self.env["uom.uom"].browse(uom_id)
            self._said[code].append((own, product_id, uom, units.as_fraction(factor), mapping_id))

    def of(self, code, unit, product, *, pack=None, said=None, pointer=None):
        """How many ``unit`` one ``code`` of ``product`` is.

        :param unit: ``uom.uom`` record, ours
        :param product: ``product.product`` record; empty when it is not known
        :param Quantity pack: how much one package holds, as the document says
        :param said: called without arguments: what the document says of the line, for an error
        :return: :class:`Factor`
        :raise MappingMissing: ``unit.unknown``: nobody knows the code; ``unit.no_factor``: nor how many
            ``unit`` it is; ``unit.pack_differs``: the document says otherwise
        :raise MappingAmbiguous: ``unit.packagings``: several packagings are called so
        """
        code = code.strip()
        self.prefetch([code])
        package = kernel.package_words(code)
        if not (package or self._said[code]) and (defined := self._defined(code, unit)):
            return defined  # whatever the product
        key = (code, unit.id, product.id, pack)
        factor = self._known.get(key)
        if factor is None:
            factor = self._find(code, unit, product, pack, said, pointer)
            self._known[key] = factor
        if factor.mapping_id:
            self.env["trade.mapping"]._count_hit(factor.mapping_id)
        return factor

    def _find(self, code, unit, product, pack, said, pointer):
        package, inside = kernel.package_words(code), pack and self._in_unit(pack, unit)
        factor, refused = self._mapped(code, unit, product), None
        if not factor and not self._is_said(code, product):
            factor = self._defined(code, unit)
            if not factor and package:
                factor, refused = self._packaging(code, unit, product, inside)
        if factor and not (package and inside and inside != factor.ratio):
            return factor
        about = self.about(code, unit, product, said, pointer)
        if factor:
            raise MappingMissing(
                "unit.pack_differs", pack=str(pack), known=number(factor.ratio), by=factor.by, **about
            )
        if refused:
            raise MappingAmbiguous("unit.packagings", candidates=refused, **about)
        raise MappingMissing("unit.no_factor" if self._is_known(code) else "unit.unknown", **about)

    def _is_known(self, code):
        """Whether it is known what the code is, though perhaps not how many of our unit."""
        measured = any(code in table for table in kernel.TABLES.values())
        return bool(
            measured or self._said[code] or kernel.package_words(code) or units.record(self.env, code)
        )

    # -- where a factor comes from ---------------------------------------------------------------

    def _is_said(self, code, product):
        return any(product_id in (None, product.id) for _own, product_id, *_rest in self._said[code])

    def _mapped(self, code, unit, product):
        """What people said: the first that is for this product, or for all; ``None`` when that measures
        another thing than ``unit``."""
        for own, product_id, uom, factor, mapping_id in self._said[code]:
            if product_id in (None, product.id):
                ratio = units.ratio(uom, unit)
                words = (
                    self.env._("a mapping for %s", self.resolver.partner.name)
                    if own
                    else self.env._("a mapping for all partners")
                )
                return ratio and Factor(factor * ratio, words, mapping_id)
        return None

    def _defined(self, code, unit):
        """What is exact by definition, for ``unit`` or what it is made of; else what Odoo's units say."""
        key = (code, unit.id)
        if key not in self._definitions:
            self._definitions[key] = self._define(code, unit)
        return self._definitions[key]

    def _define(self, code, unit):
        if code == units.OTHER_UNIT and not self.resolver.code_of("uom", unit):
            return Factor(Fraction(1), self.env._("%s has no code", unit.name), is_defined=True)
        chain = units.chain(unit)
        if unit.id not in self._codes:
            self._codes[unit.id] = units.codes(self.env["uom.uom"].union(*(part for part, _size in chain)))
        for part, size in chain:
            ratio = kernel.ratio(code, self._codes[unit.id].get(part.id, ""))
            if ratio:
                return Factor(ratio / size, self.env._("UN/ECE Recommendation 20"), is_defined=True)
        record = units.record(self.env, code)
        ratio = units.ratio(record, unit) if record else None
        return Factor(ratio, self.env._("Odoo's units of measure")) if ratio else None

    def _packaging(self, code, unit, product, inside):
        """The packaging of the product that is called like the package; where that is not one, the one that
        holds what the document says.

        :return: factor or ``None``, and the names of the packagings when several are called so
        """
        found = {}
        for uom in self._packagings(product):
            ratio = units.ratio(uom, unit)
            if ratio:
                found[uom] = ratio
        words = (code.lower(), *kernel.package_words(code))
        called = {uom: ratio for uom, ratio in found.items() if self._is_called(uom, words)}
        fitting = {uom: ratio for uom, ratio in (called or found).items() if inside and ratio == inside}
        for uoms in (fitting, called):
            if len(uoms) == 1:
                [(uom, ratio)] = uoms.items()
                return Factor(ratio, self.env._("the packaging %s of the product", uom.name)), None
        return None, [uom.name for uom in called]

    def _packagings(self, product):
        """Packagings of a product, and what this vendor delivers it in."""
        vendor = self.resolver.partner.partner_id.commercial_partner_id
        bought = product.seller_ids.filtered(
            lambda info: (
                info.partner_id.commercial_partner_id == vendor and info.product_id.id in (False, product.id)
            )
        )
        return (product.uom_ids | product.product_uom_ids.uom_id | bought.product_uom_id) - product.uom_id

    @staticmethod
    def _is_called(uom, words):
        names = {uom.name, uom.with_context(lang="en_US").name}
        return any(name.lower().split()[:1] == [word] for name in names for word in words)

    def _in_unit(self, pack, unit):
        """How many ``unit`` a quantity of the document is; ``None`` when that is not known without asking."""
        factor = self._defined(pack.unit_code, unit)
        return Fraction(pack.value) * factor.ratio if factor and pack.value else None

    # -- what an error says ----------------------------------------------------------------------

    def about(self, code, unit, product, said=None, pointer=None):
        """What an error says, and what the desk needs to offer the fix in place.

        How much a package holds differs from product to product, and so does what a piece weighs: such a
        problem is one of the product. What a code means is one of the partner.
        """
        own = product and self._is_known(code)
        return {
            "subject": f"uom:{code}:{product.id}" if own else f"uom:{code}",
            "pointer": pointer,
            "scheme": self.env["trade.mapping"]._kind_label("uom"),
            "value": code,
            "kind": "uom",
            "key": ["", code],
            "identifiers": [["", code]],
            "product": product.display_name if product else self.env._("the item"),
            "product_id": product.id if own else None,
            "unit": unit.name,
            "unit_id": unit.id,
            "also": said() if said else None,
        }
