"""What the codes of one partner mean, for one batch of documents.

The order of trust: what people said about this partner, what they said for all partners, what Odoo knows by
itself (barcode, vendor code, internal reference). Within one level all codes of a line must agree on one
record; when they do not, a person chooses. There is no guessing anywhere in this file.
"""

from collections import defaultdict

from odoo.tools import SQL

from odoo.addons.trade_kernel.errors import MappingAmbiguous, MappingMissing
from odoo.addons.trade_kernel.identifiers import GTIN, gtin_spellings, wrong_digit

from . import companies, units
from .factors import Factors
from .hit import Hit

NAME = "name"  # the item's text, when the partner sends no code at all


def _common(found):
    """What all codes that are known agree on.

    :param found: ``{pair: [Hit]}``
    """
    return set.intersection(*({hit.target for hit in hits} for hits in found.values()))


class Resolver:
    """Made by ``trade.mapping._resolver``.

    :ivar evidence: how each code was resolved so far, in order:
        ``{"what": kind, "scheme", "code", "by": in words, "mapping_id": or None, "model", "id", "name"}``
    """

    def __init__(self, env, trade_partner, company, we, on):
        self.env = env(su=True)["trade.mapping"].with_company(company).env
        self.partner = trade_partner.with_env(self.env)
        self.company = company.with_env(self.env)
        self.ours, self.theirs = ("buyer", "seller") if we == "buyer" else ("seller", "buyer")
        self.on = on
        self.evidence = []
        self._levels = defaultdict(lambda: ({}, {}, {}))  # kind → (partner, shared, Odoo) → pair → [Hit]
        self._asked = defaultdict(set)  # kind → pairs
        self._prefetch = {}  # kind → ids of records that are read together
        self._names = {}  # product → how evidence calls it
        self._models = {kind: model for kind, (_label, model) in self.env["trade.mapping"]._kinds().items()}
        self.factors = Factors(self)
        self._reverse = {}  # (kind, scheme) → {record id: code}

    # -- their code → our record ----------------------------------------------------------------

    def prefetch(self, kind, pairs):
        """Look up ``(scheme, code)`` pairs at once: a handful of queries, however many pairs.

        The methods below do it themselves when it was forgotten, one line at a time.
        """
        pairs = {(scheme or "", code.strip()) for scheme, code in pairs if code and code.strip()}
        pairs -= self._asked[kind]
        if not pairs:
            return
        self._asked[kind] |= pairs
        partner, shared, known = self._levels[kind]
        for pair, own, hit in self._mapped(kind, pairs):
            (partner if own else shared).setdefault(pair, []).append(hit)
        if kind == "product":
            for pair, hit in self._known_products(pairs):
                known.setdefault(pair, []).append(hit)
        elif kind == "uom":
            for pair in pairs:
                if unit := units.record(self.env, pair[1]):
                    known[pair] = [Hit(unit.id, self.env._("UN/ECE Recommendation 20"))]
        elif kind == "partner":
            for pair, hit in companies.known(self.env, self.company, pairs):
                known.setdefault(pair, []).append(hit)
        self._browse(kind)

    def prefetched(self, kind):
        """Ids of all records that the codes looked up so far may mean."""
        return {hit.target for level in self._levels[kind] for hits in level.values() for hit in hits}

    def _browse(self, kind):
        """The records of all hits are to be read together; forget hits whose record was deleted."""
        model = self._models[kind]
        if not model:
            return
        ids = self.prefetched(kind)
        if kind not in ("product", "uom"):  # foreign keys delete the mappings of these two
            ids = set(self.env[model].browse(ids).exists()._ids)
            for level in self._levels[kind]:
                for pair, hits in list(level.items()):
                    level[pair] = [hit for hit in hits if hit.target in ids]
        self._prefetch[kind] = tuple(ids)

    def product(self, identifiers, hint=None, *, name=None, pointer=None):
        """The product a line speaks about.

        :param identifiers: ``(scheme, code)`` pairs as ``Item.identifiers`` gives them: ``buyer``,
            ``seller``, ``manufacturer`` or an ISO 6523 scheme
        :param hint: the product expected here, for example of the order line answered; it never replaces a
            code, but decides between variants that the partner's one code names together
        :param str name: the item's text; a code of its own when there is no other
        :param str pointer: the place, for the error
        :return: ``(product, evidence)``
        :raise MappingMissing: ``product.unknown``
        :raise MappingAmbiguous: ``product.ambiguous``
        """
        return self._resolve("product", self.pairs(identifiers, name), hint, name, pointer)

    @staticmethod
    def pairs(identifiers, name=None):
        """What :meth:`product` looks up for an item: its codes; without any, its text."""
        pairs = [(scheme or "", code.strip()) for scheme, code in identifiers if code and code.strip()]
        return pairs or ([(NAME, name.strip())] if name else [])

    def products(self, items):
        """The products of many items at once, where a person need not know why: a stock report has thousands.
        The rules are those of :meth:`product`; no evidence is kept.

        :param items: sequence of ``(identifiers, name)``
        :return: list of product ids; ``None`` where no code is known, or codes do not agree on one
        """
        asked = [self.pairs(identifiers, name) for identifiers, name in items]
        self.prefetch("product", {pair for pairs in asked for pair in pairs})
        levels = [level for level in self._levels["product"] if level]
        return [self._product_id(levels, pairs) for pairs in asked]

    def _product_id(self, levels, pairs):
        for level in levels:
            if len(pairs) == 1 and len(hits := level.get(pairs[0], ())) == 1 and not hits[0].mapping_id:
                return hits[0].target
            if found := {pair: level[pair] for pair in pairs if level.get(pair)}:
                common = _common(found)
                if len(common) != 1:
                    return None
                for hits in found.values():
                    if hits[0].mapping_id:
                        self.env["trade.mapping"]._count_hit(hits[0].mapping_id)
                return next(iter(common))
        return None

    def unit(self, code, *, pointer=None):
        """The unit of measure of a code. What is so many of a unit, or holds for one product only, is none:
        see :meth:`.factors.Factors.of`.

        :return: ``uom.uom`` record
        :raise MappingMissing: ``unit.unknown``
        """
        record, _evidence = self._resolve("uom", [("", code.strip())], None, None, pointer)
        return record

    def party(self, identifiers, *, pointer=None):
        """The trading partner of this company that a document of another one is about.

        :param identifiers: ``(scheme, number)`` pairs as ``PartyReference.identifiers`` gives them
        :return: ``(trade.partner record, evidence)``
        :raise MappingMissing: ``party.unknown``
        :raise MappingAmbiguous: ``party.ambiguous``: they name several
        """
        return self._resolve("partner", list(identifiers), None, None, pointer)

    def record(self, kind, code, scheme="", *, pointer=None):
        """The record, or for kinds without a model the value, of a code of any kind.

        :return: ``(record or str, evidence)``
        :raise MappingMissing: ``code.unknown``
        """
        return self._resolve(kind, [(scheme or "", code.strip())], None, None, pointer)

    def _resolve(self, kind, pairs, hint, name, pointer):
        self.prefetch(kind, pairs)
        for level in self._levels[kind]:
            found = {pair: level[pair] for pair in pairs if level.get(pair)}
            if found:
                return self._agreed(kind, pairs, found, hint, pointer, name)
        raise MappingMissing(self._code(kind, "unknown"), **self._about(kind, pairs, hint, name, pointer))

    def _agreed(self, kind, pairs, found, hint, pointer, name):
        """What all codes that are known on this level agree on."""
        common = _common(found)
        expected = hint.id if hint and hint.id in common else None
        target = expected if expected else next(iter(common)) if len(common) == 1 else None
        if target is None:
            targets = sorted({hit.target for hits in found.values() for hit in hits})
            records = [self._as_record(kind, one) for one in targets]
            names = [self._name(record) for record in records]
            about = self._about(kind, pairs, hint, name, pointer)
            raise MappingAmbiguous(
                self._code(kind, "ambiguous"), **about, candidates=names, candidate_ids=targets
            )
        (scheme, code), hit = next(
            (pair, hit) for pair, hits in found.items() for hit in hits if hit.target == target
        )
        record = self._as_record(kind, target)
        plain = isinstance(record, str)
        by = (
            self.env._("%s and the order line it answers", hit.by) if expected and len(common) > 1 else hit.by
        )
        evidence = {
            "what": kind,
            "scheme": scheme,
            "code": code,
            "by": by,
            "mapping_id": hit.mapping_id,
            "model": None if plain else record._name,
            "id": None if plain else record.id,
            "name": self._name(record),
        }
        self.evidence.append(evidence)
        if hit.mapping_id:
            self.env["trade.mapping"]._count_hit(hit.mapping_id)
        return record, evidence

    def _as_record(self, kind, target):
        model = self._models[kind]
        return self.env[model].browse(target).with_prefetch(self._prefetch[kind]) if model else target

    def _name(self, record):
        if isinstance(record, str):
            return record
        if record._name == "product.product" and record not in self._names:
            self._names |= self._product_names(record.browse(record._prefetch_ids))
        return self._names.get(record) or record.display_name

    @staticmethod
    def _code(kind, what):
        prefix = {"product": "product", "uom": "unit", "partner": "party"}.get(kind, "code")
        return f"{prefix}.{what}"

    def _about(self, kind, pairs, hint, name, pointer):
        """What an error about these codes says, and what the desk needs to offer the fix in place."""
        # The partner's own code is what they will use again; a GTIN comes next.
        rank = {self.theirs: 0, GTIN: 1}
        scheme, code = min(pairs, key=lambda pair: rank.get(pair[0], 2), default=("", "–"))
        return {
            "subject": f"{scheme or kind}:{code}",
            "pointer": pointer,
            "scheme": self._scheme_words(kind, scheme),
            "value": code,
            "kind": kind,
            "key": [scheme, code],
            "identifiers": [list(pair) for pair in pairs],
            "expected_id": hint.id if hint else None,
            "text": name,
            "also": next(filter(None, (wrong_digit(*pair) for pair in pairs)), None),
        }

    def _scheme_words(self, kind, scheme):
        words = {
            GTIN: "GTIN",
            self.theirs: self.env._("their item code"),
            self.ours: self.env._("our item code"),
            "manufacturer": self.env._("the manufacturer's item code"),
            NAME: self.env._("the item text"),
            **(companies.words(self.env) if kind == "partner" else {}),
        }
        return words.get(scheme) or scheme or self.env["trade.mapping"]._kind_label(kind)

    # -- our record → their code ----------------------------------------------------------------

    def prefetch_codes(self, kind, records, scheme=None):
        """Look up what the partner calls these records, at once."""
        known = self._reverse.setdefault((kind, scheme), {})
        records = records.filtered(lambda record: record.id not in known)
        if not records:
            return
        known.update(dict.fromkeys(records.ids))
        if kind == "uom":
            known.update(units.codes(records))
        elif kind == "product" and scheme == "seller" and self.theirs == "seller":
            known.update(self._vendor_codes(records))
        for record_id, code in self._mapped_codes(kind, records, scheme):
            known[record_id] = code

    def code_of(self, kind, record, scheme=None):
        """What the partner calls a record; ``None`` when nobody knows.

        :param str scheme: for products, whose code is wanted: ``seller``, ``buyer`` …; empty: any
        """
        self.prefetch_codes(kind, record, scheme)
        return self._reverse[kind, scheme][record.id]

    def unit_code(self, uom, *, pointer=None):
        """The code of a unit of measure.

        :raise MappingMissing: ``unit.no_code``
        """
        code = self.code_of("uom", uom)
        if code is None:
            raise MappingMissing(
                "unit.no_code",
                subject=f"uom.uom:{uom.id}",
                pointer=pointer,
                unit=uom.display_name,
                kind="uom",
                key=["", ""],
                record_id=uom.id,
            )
        return code

    # -- the queries ----------------------------------------------------------------------------

    def _mapped(self, kind, pairs):
        """``(pair, is the partner's own, Hit)`` of confirmed mappings that hold today; one query."""
        Mapping = self.env["trade.mapping"]
        by_key = defaultdict(set)
        for pair in pairs:
            by_key[pair[0], Mapping._key(*pair)].add(pair)
            by_key["", pair[1]].add(pair)  # a mapping without a scheme holds for any
        Mapping.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
            SELECT id, trade_partner_id IS NOT NULL, COALESCE(scheme, ''), code_key, res_id, value
              FROM trade_mapping
             WHERE company_id = %(company)s AND kind = %(kind)s AND code_key = ANY(%(keys)s)
               AND factor = 1 AND for_product_id IS NULL
               AND state = 'confirmed' AND active
               AND (trade_partner_id IS NULL OR trade_partner_id = %(partner)s)
               AND (valid_from IS NULL OR valid_from <= %(on)s) AND (valid_to IS NULL OR valid_to >= %(on)s)
             ORDER BY id""",
                company=self.company.id,
                kind=kind,
                keys=list({key for _scheme, key in by_key}),
                partner=self.partner.id or None,
                on=self.on,
            )
        )
        own_words = self.env._("a mapping for %s", self.partner.name)
        shared_words = self.env._("a mapping for all partners")
        for mapping_id, own, scheme, key, res_id, value in rows:
            for pair in by_key.get((scheme, key), ()):
                yield pair, own, Hit(res_id or value, own_words if own else shared_words, mapping_id)

    def _product_names(self, products):
        """``{product: "[reference] name"}``; display names cost more than all the rest here."""
        products.flush_model(["default_code"])
        self.env["product.template"].flush_model(["name"])
        rows = self.env.execute_query(
            SQL(
                """
            SELECT p.id, p.default_code, COALESCE(t.name ->> %s, t.name ->> 'en_US')
              FROM product_product p JOIN product_template t ON t.id = p.product_tmpl_id
             WHERE p.id = ANY(%s)""",
                self.env.lang or "en_US",
                products.ids,
            )
        )
        browse = products.browse
        return {browse(product_id): f"[{code}] {name}" if code else name for product_id, code, name in rows}

    def _known_products(self, pairs):
        """What Odoo itself knows about these codes; at most four queries."""
        for_company = [("company_id", "in", [False, self.company.id])]
        Product = self.env["product.product"]
        barcodes = defaultdict(set)
        for pair in pairs:
            if pair[0] == GTIN:
                for spelling in gtin_spellings(pair[1]):
                    barcodes[spelling].add(pair)
        if barcodes:
            by = self.env._("the barcode on the product")
            found = Product.search_fetch([("barcode", "in", list(barcodes)), *for_company], ["barcode"])
            yield from (
                (pair, Hit(product.id, by)) for product in found for pair in barcodes[product.barcode]
            )
        references = {pair[1]: pair for pair in pairs if pair[0] == self.ours}
        if references:
            by = self.env._("the internal reference of the product")
            found = Product.search_fetch(
                [("default_code", "in", list(references)), *for_company], ["default_code"]
            )
            yield from ((references[product.default_code], Hit(product.id, by)) for product in found)
        vendor_codes = {pair[1]: pair for pair in pairs if pair[0] == self.theirs == "seller"}
        if vendor_codes:
            yield from self._known_vendor_codes(vendor_codes)

    def _known_vendor_codes(self, pairs):
        """In one query and without records: a catalogue has a hundred thousand of them."""
        by = self.env._("the vendor code on the product")
        self.env["product.supplierinfo"].flush_model()
        self.env["product.product"].flush_model(["product_tmpl_id", "active"])
        self.env["res.partner"].flush_model(["commercial_partner_id"])
        rows = self.env.execute_query(
            SQL(
                """
            SELECT s.product_code, COALESCE(s.product_id, v.id)
              FROM product_supplierinfo s
              JOIN res_partner p ON p.id = s.partner_id AND p.commercial_partner_id = %s
              LEFT JOIN product_product v
                ON s.product_id IS NULL AND v.product_tmpl_id = s.product_tmpl_id AND v.active
             WHERE s.product_code = ANY(%s) AND (s.company_id IS NULL OR s.company_id = %s)
               AND (s.product_id IS NOT NULL OR v.id IS NOT NULL)
             ORDER BY s.id, v.id""",
                self.partner.partner_id.commercial_partner_id.id,
                list(pairs),
                self.company.id,
            )
        )
        # One price list row per quantity break: the same code, said several times.
        for code, product_id in dict.fromkeys(rows):
            yield pairs[code], Hit(product_id, by)

    def _vendor_codes(self, products):
        """``{product id: code}`` where the vendor's price list rows name exactly one."""
        infos = self._supplierinfo(
            [
                ("product_code", "!=", False),
                ("product_tmpl_id", "in", products.product_tmpl_id.ids),
                ("product_id", "in", [False, *products.ids]),
            ]
        )
        own, general = defaultdict(set), defaultdict(set)
        for info in infos:
            (own[info.product_id.id] if info.product_id else general[info.product_tmpl_id.id]).add(
                info.product_code
            )
        codes = {
            product.id: own.get(product.id) or general.get(product.product_tmpl_id.id) or ()
            for product in products
        }
        return {product_id: next(iter(found)) for product_id, found in codes.items() if len(found) == 1}

    def _supplierinfo(self, domain):
        return self.env["product.supplierinfo"].search_fetch(
            [
                ("partner_id.commercial_partner_id", "=", self.partner.partner_id.commercial_partner_id.id),
                ("company_id", "in", [False, self.company.id]),
                *domain,
            ],
            ["product_code", "product_id", "product_tmpl_id"],
            order="id",
        )

    def _mapped_codes(self, kind, records, scheme):
        """``(record id, code)``, shared ones first so that the partner's own win."""
        domain = [
            ("company_id", "=", self.company.id),
            ("kind", "=", kind),
            ("state", "=", "confirmed"),
            ("res_id", "in", records.ids),
            ("trade_partner_id", "in", [False, self.partner.id]),
            "|",
            ("valid_from", "=", False),
            ("valid_from", "<=", self.on),
            "|",
            ("valid_to", "=", False),
            ("valid_to", ">=", self.on),
        ]
        if scheme:
            domain.append(("scheme", "in", [False, "", scheme]))
        if kind == "uom":  # what is 24 of a unit is no name for the unit
            domain += [("factor", "=", 1), ("for_product_id", "=", False)]
        found = self.env["trade.mapping"].search_fetch(
            domain, ["res_id", "code", "trade_partner_id"], order="id desc"
        )
        for mapping in found.sorted(lambda mapping: bool(mapping.trade_partner_id)):
            yield mapping.res_id, mapping.code
