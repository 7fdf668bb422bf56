"""A canonical document as people read it: a header, and a table of lines beside what was asked."""

from decimal import Decimal, InvalidOperation
from itertools import islice

from odoo import fields
from odoo.tools.misc import format_date

from odoo.addons.trade_kernel.identifiers import wrong_digits

# Said once on the form already, or of no use to a reader.
_SKIPPED = {
    "document_type",
    "schema_version",
    "id",
    "document_currency_code",
    "issue_time",
    "order_type_code",
    "extensions",
}
_LINE_COLUMNS = ("line", "item", "quantity", "price", "date", "amount", "answer", "note")
_LINES_SHOWN = 500
_WRONG_SHOWN = 5  # numbers whose check digit is wrong
_NUMERIC = {"quantity", "price", "amount"}


class DocumentTable:
    """Lays out any canonical document; parts it does not know are shown by their names.

    :param env: for the reader's language
    """

    def __init__(self, env):
        self.env = env
        self.lang = env["res.lang"]._lang_get(env.user.lang or "en_US")
        self.labels, self.meanings = self._labels(), self._meanings()
        currencies = env["res.currency"].with_context(active_test=False).search([])
        self.decimals = {currency.name: currency.decimal_places for currency in currencies}

    def lay_out(self, document, asked):
        """
        :param dict document: the canonical document as JSON
        :param dict asked: the one it answers, or empty
        :return: ``{header: [{label, text}], columns: [{name, label, numeric}], lines: [[cell | None]],
            total: int, differences: int}``: the first lines of ``total``, and how many of them differ.
            A cell is ``{text, detail, asked, silent}``: ``asked`` where it differs from what was asked,
            ``silent`` where the document says nothing and what was asked stands
        """
        header, lines = [], []
        for name in sorted(document, key=self._rank):
            value = document[name]
            if name.endswith("_lines") and isinstance(value, list):
                lines += value
            elif name not in _SKIPPED and (text := self._code(name, value) or self.text(value)):
                header.append({"label": self._label(name), "text": text})
        header += [
            {"label": self._label(name), "text": self.text(value)}
            for name, value in (document.get("extensions") or {}).items()
        ]
        wrong = dict.fromkeys(sentence for _place, sentence in islice(wrong_digits(document), _WRONG_SHOWN))
        if wrong:
            header.append({"label": self.env._("Check digits"), "text": " ".join(wrong)})
        asked_lines = {
            line.get("id"): self._cells(line)
            for name, part in asked.items()
            if name.endswith("_lines")
            for line in part
        }
        rows = [self._row(line, asked_lines) for line in lines[:_LINES_SHOWN]]
        names = [name for name in _LINE_COLUMNS if any(name in row for row in rows)]
        return {
            "header": header,
            "columns": [
                {"name": name, "label": self._label(name), "numeric": name in _NUMERIC} for name in names
            ],
            "lines": [[row.get(name) for name in names] for row in rows],
            "total": len(lines),
            "differences": sum(any(cell.get("asked") for cell in row.values()) for row in rows),
        }

    # -- lines -----------------------------------------------------------------------------------

    def _row(self, line, asked_lines):
        row = self._cells(line)
        asked = asked_lines.get(row["line"]["text"])
        if not asked:
            return row
        for name in ("item", "quantity", "price", "date"):
            before, now = asked.get(name), row.get(name)
            if before and not now:
                row[name] = {"text": before["text"], "silent": True}
            elif name == "item" and before and now and not now["named"]:
                row[name] = {"text": before["text"], "detail": now["text"], "silent": True}
            elif before and now and name != "item" and before["same"] != now["same"]:
                now["asked"] = before["text"]
        return row

    def _cells(self, line):
        """The cells of a line by column; ``same`` is what two lines are compared by."""
        reference = (line.get("order_line_reference") or {}).get("line_id")
        cells = {"line": {"text": reference or line.get("id") or ""}}
        if item := line.get("item"):
            cells["item"] = self._item(item)
        if substitute := line.get("seller_substituted_item"):
            instead = self._item(substitute)
            cells["item"] = {
                "text": self.env._("Instead: %s", instead["text"]),
                "detail": instead.get("detail"),
                "named": True,
            }
        if quantity := line.get("quantity"):
            cells["quantity"] = self._cell(quantity, (_number(quantity["value"]), quantity["unit_code"]))
        if price := line.get("price"):
            amount, base = price["price_amount"], price.get("base_quantity") or {}
            per_unit = _number(amount["value"]) / (_number(base.get("value")) or 1)
            cells["price"] = self._cell(price, (per_unit, amount["currency_id"]))
        if when := self._when(line):
            cells["date"] = when
        if amount := line.get("line_extension_amount"):
            cells["amount"] = self._cell(amount, amount["value"])
        if status := line.get("line_status_code"):
            cells["answer"] = {"text": self._code("line_status_code", status) or status}
        if notes := self._notes(line):
            cells["note"] = {"text": notes}
        return cells

    def _cell(self, value, same):
        return {"text": self.text(value), "same": same}

    def _item(self, item):
        codes = []
        for name, value in item.items():
            if name.endswith("_item_identification"):
                several = value if isinstance(value, list) else [value]
                codes += [f"{self._label(name)} {one['id']}" for one in several]
        if name := item.get("name") or item.get("description"):
            return {"text": name, "detail": " · ".join(codes), "named": True}
        return {"text": " · ".join(codes), "named": False}

    def _when(self, line):
        """When the line comes: one day, or one per part delivery with its quantity."""
        period = line.get("promised_delivery_period") or line.get("requested_delivery_period")
        parts = [
            (
                part.get("quantity"),
                part.get("promised_delivery_period") or part.get("requested_delivery_period"),
            )
            for part in line.get("deliveries") or line.get("delivery") or []
        ]
        parts = [(quantity, when) for quantity, when in parts if when]
        if len(parts) > 1:
            text = " + ".join(f"{self.text(quantity)} {self.text(when)}".strip() for quantity, when in parts)
            return {"text": text, "same": text}
        period = period or (parts[0][1] if parts else None)
        if not period:
            return None
        return {"text": self.text(period), "same": period.get("end_date") or period.get("start_date")}

    def _notes(self, line):
        _ = self.env._
        notes = [self.text(line.get("note"))]
        if reason := line.get("reason_code"):
            notes.append(_("Reason %(code)s", code=reason))
        if backorder := line.get("maximum_backorder_quantity"):
            when = self.text(line.get("backorder_delivery_period"))
            quantity = self.text(backorder)
            notes.append(_("Back-ordered: %(quantity)s %(when)s", quantity=quantity, when=when).strip())
        notes += [f"{name}: {self.text(value)}" for name, value in (line.get("extensions") or {}).items()]
        return " · ".join(filter(None, notes))

    # -- values ----------------------------------------------------------------------------------

    def text(self, value):
        """Any canonical value in one line of text; empty for nothing, and for a revision of 0."""
        if value in (None, "", 0, [], {}):
            return ""
        match value:
            case {"value": number, "currency_id": currency}:
                return f"{self.number(number, self.decimals.get(currency, 2))} {currency}"
            case {"value": number, "unit_code": unit}:
                return f"{self.number(number)} {self._code('unit_code', unit) or unit}"
            case {"payable_amount": amount} | {"line_extension_amount": amount}:
                return self.text(amount)
            case {"price_amount": amount, **rest}:
                base = rest.get("base_quantity")
                return self.text(amount) + (f" / {self.text(base)}" if base else "")
            case {"id": code, "scheme_id": scheme, **rest} if not rest:
                return f"{self._code('scheme_id', scheme) or scheme} {code}"
            case {"start_date": start, "end_date": end, **_rest} if start != end:
                return f"{self.date(start)} – {self.date(end)}"
            case {"end_date": day, **_rest} | {"start_date": day, **_rest}:
                return self.date(day)
            case {"party_name": name, **_rest}:
                ids = [*value.get("party_identification", []), value.get("endpoint_id")]
                known = ", ".join(dict.fromkeys(filter(None, map(self.text, ids))))
                return f"{name} ({known})" if known else name
            case dict():
                return " · ".join(filter(None, map(self.text, value.values())))
            case list():
                return ", ".join(filter(None, map(self.text, value)))
            case bool():
                return self.env._("Yes") if value else self.env._("No")
            case str() if len(value) == 10 and value[4] == value[7] == "-":
                return self.date(value)
            case _:
                return str(value)

    def number(self, text, decimals=0):
        """A decimal in the reader's language, with the decimals it came with and at least ``decimals``."""
        number = _number(text)
        if number is None:
            return str(text)
        decimals = max(-number.as_tuple().exponent, decimals)
        return self.lang.format(f"%.{decimals}f", float(number), grouping=True)

    def date(self, text):
        try:
            return format_date(self.env, fields.Date.from_string(text))
        except ValueError:
            return str(text)

    def _rank(self, name):
        """Parts we name come in the order of their names; what is not known comes last."""
        names = list(self.labels)
        return (names.index(name), "") if name in names else (len(names), name)

    # -- words -----------------------------------------------------------------------------------

    def _label(self, name):
        return self.labels.get(name) or name.replace("_", " ").capitalize()

    def _code(self, name, value):
        """The meaning of a code, or ``None`` when it is not one we name."""
        return self.meanings.get(name, {}).get(value) if isinstance(value, str) else None

    def _labels(self):
        _ = self.env._
        return {
            "line": _("Line"),
            "item": _("Item"),
            "quantity": _("Quantity"),
            "price": _("Unit price"),
            "date": _("Delivery"),
            "amount": _("Amount"),
            "answer": _("Answer"),
            "order_response_code": _("Answer"),
            "order_reference": _("Order"),
            "buyer_customer_party": _("Buyer"),
            "seller_supplier_party": _("Supplier"),
            "delivery": _("Delivery"),
            "delivery_terms": _("Delivery terms"),
            "payment_terms": _("Payment terms"),
            "anticipated_monetary_total": _("Total"),
            "sequence_number": _("Revision"),
            "issue_date": _("Issued"),
            "note": _("Note"),
            "buyers_item_identification": _("Buyer's code"),
            "sellers_item_identification": _("Supplier's code"),
            "standard_item_identification": _("GTIN"),
            "manufacturers_item_identification": _("Maker's code"),
        }

    def _meanings(self):
        _ = self.env._
        return {
            # UNCL 4343
            "order_response_code": {
                "AB": _("Received, not answered yet"),
                "AP": _("Accepted"),
                "CA": _("Accepted with changes"),
                "RE": _("Rejected"),
            },
            # UNTDID 1229
            "line_status_code": {
                "1": _("Added"),
                "2": _("Deleted"),
                "3": _("Changed"),
                "5": _("Accepted"),
                "7": _("Not accepted"),
                "42": _("Already delivered"),
            },
            # UN/ECE Recommendation 20
            "unit_code": {
                "C62": _("Units"),
                "EA": _("Units"),
                "H87": _("Units"),
                "DZN": _("Dozens"),
                "KGM": _("kg"),
                "GRM": _("g"),
                "LTR": _("L"),
                "MTR": _("m"),
            },
            # ISO 6523
            "scheme_id": {"0088": _("GLN"), "0060": _("D-U-N-S"), "0160": _("GTIN")},
        }


def _number(text):
    try:
        return Decimal(text)
    except (InvalidOperation, TypeError):
        return None
