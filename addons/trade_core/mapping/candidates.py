"""What a code of a partner might mean: candidates with the evidence for each, for a person to choose from."""

import re
import unicodedata
from collections import defaultdict
from difflib import SequenceMatcher

from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.trade_kernel.identifiers import GTIN, gtin_spellings

SHOWN = 5
SIMILAR_FROM = 60  # percent; below, names have little in common
_LOOKED_AT = 300
_WORD = re.compile(r"[^\W_]+")


def products(problem, texts):
    """Products that might be meant, the best first.

    :param problem: ``trade.exception`` about a product code
    :param texts: what the partner calls the item: names, descriptions
    :return: ``[{"id", "name", "chips": [evidence in words], "score"}]``
    """
    finder = _Products(problem)
    finder.look(texts)
    return finder.ranked()


def units(problem, texts):
    """Units of measure whose name resembles the code, in the same shape."""
    packagings = problem.mapping_product_id.uom_ids
    found = [
        {"id": unit.id, "name": unit.name, "chips": [problem.env._("packaging of the product")], "score": 100}
        for unit in packagings
    ]
    words = [problem.mapping_code, *texts]
    for unit in problem.env["uom.uom"].search([("id", "not in", packagings.ids)]):
        percent = max(similarity(unit.name, word) for word in words)
        if percent >= SIMILAR_FROM:
            chip = problem.env._("%s %% similar name", percent)
            found.append({"id": unit.id, "name": unit.name, "chips": [chip], "score": percent})
    return sorted(found, key=lambda candidate: -candidate["score"])[:SHOWN]


def similarity(first, second):
    """How alike two names are, 0 to 100; the order of their words, case and accents do not count."""
    first, second = _words(first), _words(second)
    if not first or not second:
        return 0
    return round(100 * SequenceMatcher(None, " ".join(first), " ".join(second), autojunk=False).ratio())


def _words(text):
    plain = unicodedata.normalize("NFKD", text.casefold())
    return sorted(_WORD.findall("".join(char for char in plain if not unicodedata.combining(char))))


class _Products:
    def __init__(self, problem):
        self.env = problem.env
        self.company = problem.company_id
        params = problem.params or {}
        self.identifiers = [tuple(pair) for pair in params.get("identifiers") or []]
        self.known = params.get("candidate_ids") or []
        self.expected = params.get("expected_id")
        self.chips = defaultdict(dict)  # product id → {evidence: score}
        self.for_company = Domain("company_id", "in", [False, self.company.id])

    def look(self, texts):
        self._add(self.known, self.env._("fits this code"), 70)
        self._add([self.expected] if self.expected else (), self.env._("on the order line it answers"), 95)
        self._same_gtin()
        self._same_code([code for scheme, code in self.identifiers if scheme != GTIN])
        self._similar_names(texts)

    def ranked(self):
        Product = self.env["product.product"]
        products_ = Product.search([("id", "in", list(self.chips)), *self.for_company])
        found = [
            {
                "id": product.id,
                "name": product.display_name,
                "chips": sorted(self.chips[product.id], key=lambda chip: -self.chips[product.id][chip]),
                # Several kinds of evidence for one product are worth more than the best alone.
                "score": max(self.chips[product.id].values()) + len(self.chips[product.id]),
            }
            for product in products_
        ]
        return sorted(found, key=lambda candidate: (-candidate["score"], candidate["name"]))[:SHOWN]

    def _add(self, product_ids, chip, score):
        for product_id in product_ids:
            self.chips[product_id][chip] = score

    def _same_gtin(self):
        spellings = [s for scheme, code in self.identifiers if scheme == GTIN for s in gtin_spellings(code)]
        if not spellings:
            return
        same = self.env["product.product"].search([("barcode", "in", spellings), *self.for_company])
        self._add(same.ids, self.env._("same GTIN"), 100)
        # A case has a GTIN of its own: the right article, but perhaps another quantity. A person decides.
        for packed in self.env["product.uom"].sudo().search([("barcode", "in", spellings)]):
            self._add(packed.product_id.ids, self.env._("GTIN of its %s", packed.uom_id.name), 90)

    def _same_code(self, codes):
        """Codes that are the same but for case and punctuation, of the product or at any vendor."""
        bare = list(filter(None, {"".join(_WORD.findall(code)).lower() for code in codes}))
        if not bare:
            return
        for model in ("product.product", "product.supplierinfo", "res.partner"):
            self.env[model].flush_model()
        spelled = SQL("ANY(%s)", bare)
        rows = self.env.execute_query(
            SQL(
                r"""
            SELECT id, NULL FROM product_product
             WHERE active AND lower(regexp_replace(default_code, '[\W_]', '', 'g')) = %(spelled)s
             UNION
            SELECT p.id, partner.name FROM product_supplierinfo info
              JOIN product_product p ON p.active AND p.product_tmpl_id = info.product_tmpl_id
                                    AND (info.product_id IS NULL OR info.product_id = p.id)
              JOIN res_partner partner ON partner.id = info.partner_id
             WHERE lower(regexp_replace(info.product_code, '[\W_]', '', 'g')) = %(spelled)s
               AND (info.company_id IS NULL OR info.company_id = %(company)s)
             LIMIT %(limit)s""",
                spelled=spelled,
                company=self.company.id,
                limit=_LOOKED_AT,
            )
        )
        for product_id, vendor in rows:
            if vendor:
                self._add([product_id], self.env._("same vendor code at %s", vendor), 85)
            else:
                self._add([product_id], self.env._("same internal reference"), 88)

    def _similar_names(self, texts):
        words = {word for text in texts for word in _words(text) if len(word) > 2}
        if not words:
            return
        domain = Domain.OR(Domain("name", "ilike", word) for word in words) & self.for_company
        for product in self.env["product.product"].search_fetch(domain, ["name"], limit=_LOOKED_AT):
            percent = max(similarity(product.name, text) for text in texts)
            if percent >= SIMILAR_FROM:
                # The likeness of names is the weakest evidence: it never outranks a code.
                self._add([product.id], self.env._("%s %% similar name", percent), percent * 0.8)
