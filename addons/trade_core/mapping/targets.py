"""Our records by what people call them in a table: a code, the name, or the external id."""

from odoo.addons.trade_kernel.identifiers import gtin_spellings

from . import units

#: what products are called by, the surest first
_PRODUCT = ("default_code", "barcode", "name")


class Targets:
    """Looks up records of one company, many texts at once."""

    def __init__(self, env, company):
        self.env, self.company = env, company

    def find(self, model, texts):
        """``{text: records}``: all that are called so, by the first way that finds any."""
        Model = self.env[model]
        texts = {text for text in texts if text}
        found = dict.fromkeys(texts, Model)
        if model == "uom.uom":
            found |= {text: units.record(self.env, text) for text in texts}
        for name in self._fields(Model):
            open_ = [text for text in texts if not found[text]]
            if open_:
                found |= self._by_field(Model, name, open_)
        for text in texts:
            if not found[text]:
                found[text] = self._by_external_id(Model, text)
        return found

    def named(self, records):
        """``{record id: text}`` by which :meth:`find` finds exactly this record."""
        ways = [*self._fields(records), "id"]
        external = records.get_external_id() if records else {}
        calls = {
            record.id: [external[record.id] if way == "id" else record[way] or "" for way in ways]
            for record in records
        }
        found = self.find(records._name, [text for texts in calls.values() for text in texts])
        return {
            record_id: next(
                (text for text in texts if text and found[text].ids == [record_id]),
                records.browse(record_id).display_name,
            )
            for record_id, texts in calls.items()
        }

    @staticmethod
    def _fields(Model):
        if Model._name == "product.product":
            return _PRODUCT
        return tuple(name for name in ("code", Model._rec_name) if name in Model._fields)

    def _by_field(self, Model, name, texts):
        spelled = {}
        for text in texts:
            for spelling in gtin_spellings(text) if name == "barcode" else [text]:
                spelled.setdefault(spelling, []).append(text)
        domain = [(name, "in", list(spelled))]
        if "company_id" in Model._fields:
            domain.append(("company_id", "in", [False, self.company.id]))
        found = dict.fromkeys(texts, Model)
        for record in Model.search(domain):
            for text in spelled.get(record[name], ()):
                found[text] |= record
        return found

    def _by_external_id(self, Model, text):
        module, dot, name = text.partition(".")
        if not (module and dot and name) or " " in text:
            return Model
        record = self.env.ref(text, raise_if_not_found=False)
        if record is None or record._name != Model._name:
            return Model
        in_company = "company_id" not in Model._fields or record.company_id.id in (False, self.company.id)
        return record if in_company else Model
