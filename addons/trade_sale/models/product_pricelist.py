from collections import defaultdict

from odoo import fields, models

from odoo.addons.trade_core.announcing import at_commit
from odoo.addons.trade_core.event_parts import instant, money, product
from odoo.addons.trade_kernel.events import decimal_text

from .. import events
from .product_pricelist_item import first_of_each

_ITSELF = 0  # stands for the list's own fields among its rules
_TOLD = {"currency_id", "active"}
_MAX_CHANGES = 200
#: what a rule is about, unless it is about everything: model and field
_ABOUT = {
    "2_product_category": ("product.category", "categ_id"),
    "1_product": ("product.template", "product_tmpl_id"),
    "0_product_variant": ("product.product", "product_id"),
}
_LIST = (None, None)  # the change of the list's own fields among those of its rules


class ProductPricelist(models.Model):
    """Changed prices are announced once per transaction to every partner whose price list it is."""

    _inherit = "product.pricelist"

    def write(self, vals):
        told = not _TOLD.isdisjoint(vals)
        notes = {one.id: {_ITSELF: (one.currency_id.id, one.active)} for one in self} if told else {}
        result = super().write(vals)
        at_commit(self, "_trade_events", notes, merge=first_of_each)
        return result

    def _trade_events(self, notes):
        """What to announce.

        :param dict notes: ``{price list id: {rule id: the rule as it was}}``
        :return: see :func:`~odoo.addons.trade_core.announcing.at_commit`
        """
        now = fields.Datetime.now()
        items = self.env["product.pricelist.item"].browse(
            {item_id for note in notes.values() for item_id in note if item_id}
        )
        rows = items.exists()._trade_rows()
        changes = {one: one._trade_changes(notes[one.id], rows, now) for one in self}
        changed = self.filtered(lambda one: changes[one])
        if not changed:
            return {}
        about = self._trade_about([pair for pairs in changes.values() for pair in pairs])
        users = self._trade_users()
        found, said = defaultdict(list), {}
        for pricelist, source in changed._trade_with_those_based_on_it().items():
            for partner in users[pricelist] or [self.env["trade.partner"]]:
                key = pricelist, partner.partner_id.lang
                if key not in said:
                    own = changes[source] if pricelist == source else None
                    told = pricelist.with_context(lang=key[1])
                    said[key] = told._trade_say(own, changes[source], about, now)
                found[source.id].append((events.PRICE_LIST_CHANGED, pricelist, partner, said[key]))
        return found

    def _trade_changes(self, before, rows, now):
        """``[(row as it was or None, row as it is or None)]``: what changes a price from now on."""

        def counts(row):
            lives = row and row["pricelist_id"] == self.id and (not row["date_end"] or row["date_end"] > now)
            return row if lives else None

        pairs = [(counts(row), counts(rows.get(item_id))) for item_id, row in before.items() if item_id]
        found = [(was, is_now) for was, is_now in pairs if was != is_now]
        if _ITSELF in before and before[_ITSELF] != (self.currency_id.id, self.active):
            found.append(_LIST)
        return found

    def _trade_with_those_based_on_it(self):
        """``{price list: the changed one}`` of these and of all whose prices follow from theirs."""
        based_on = defaultdict(list)
        for other, base in self.env["product.pricelist.item"]._read_group(
            [("base", "=", "pricelist"), ("base_pricelist_id", "!=", False), ("pricelist_id", "!=", False)],
            ["pricelist_id", "base_pricelist_id"],
        ):
            based_on[base].append(other)
        found = {pricelist: pricelist for pricelist in self}
        waiting = list(self)
        while waiting:
            base = waiting.pop()
            for other in based_on[base]:
                if other not in found:
                    found[other] = found[base]
                    waiting.append(other)
        return found

    def _trade_users(self):
        """``{price list: trading partners}`` who buy at it."""
        found = defaultdict(self.env["trade.partner"].browse)
        customers = self.env["trade.partner"].search(
            [("state", "!=", "closed"), "|", ("is_customer", "=", True), ("is_marketplace", "=", True)]
        )
        for company, profiles in customers.grouped("company_id").items():
            for profile in profiles.with_company(company):
                found[profile.partner_id.property_product_pricelist] |= profile
        return found

    def _trade_about(self, pairs):
        """``{(model, id): record}`` of the products and categories of changed rules."""
        rows = [row for pair in pairs for row in pair if row]
        found = {}
        for model, name in _ABOUT.values():
            records = self.env[model].browse({row[name] for row in rows if row[name]}).exists()
            found |= {(model, record.id): record for record in records}
        return found

    def _trade_say(self, own, changes, about, now):
        """The data, in the language of the context.

        :param own: the changes of this list itself; of a list it is based on only the day is told
        """
        starts = [row["date_start"] for pair in changes for row in pair if row]
        at_once = _LIST in changes or any(not start or start <= now for start in starts)
        rules = [self._trade_rule(*pair, about) for pair in (own or [])[:_MAX_CHANGES] if pair != _LIST]
        return events.PriceListChangedData(
            price_list=self.name,
            currency_id=self.currency_id.name,
            effective_at=None if at_once else instant(min(starts)),
            changes=tuple(rule for rule in rules if rule),
            complete=bool(own) and len(own) <= _MAX_CHANGES and _LIST not in own and all(rules),
        )

    def _trade_rule(self, was, is_now, about):
        """One changed rule; ``None`` when what it is about is gone."""
        row = is_now or was
        model, name = _ABOUT.get(row["applied_on"], (None, None))
        record = about.get((model, row[name])) if model else None
        if model and not record:
            return None
        record = record and record.with_context(lang=self.env.context.get("lang"))
        fixed = is_now and row["compute_price"] == "fixed"
        return events.PriceChangeData(
            change="changed" if was and is_now else "added" if is_now else "removed",
            applies_to="all" if not model else "category" if model == "product.category" else "product",
            category=record.name if model == "product.category" else None,
            product=product(record) if model and model != "product.category" else None,
            minimum_quantity=decimal_text(row["min_quantity"]) if row["min_quantity"] else None,
            price=money(row["fixed_price"], self.currency_id) if fixed else None,
            valid_from=instant(row["date_start"] or None),
            valid_until=instant(row["date_end"] or None),
        )
