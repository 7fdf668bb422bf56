"""A canonical document as people read it: a header, and a table of lines beside what was asked."""

from decimal import Decimal, InvalidOperation
from itertools import islice

from odoo import fields
from odoo.tools.misc import format_date

from odoo.addons.trade_kernel.canonical import DOCUMENTS
from odoo.addons.trade_kernel.identifiers import wrong_digits

from .document_words import labels, meanings

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
_LINE_COLUMNS = (
    "line",
    "document",
    "event",
    "item",
    "quantity",
    "missing",
    "price",
    "date",
    "place",
    "amount",
    "answer",
    "note",
)
# What lines of different documents call the same.
_QUANTITIES = ("quantity", "delivered_quantity", "received_quantity")
_MISSING = ("outstanding_quantity", "short_quantity", "rejected_quantity")
_AMOUNTS = ("line_extension_amount", "paid_amount")
_PERIODS = ("promised_delivery_period", "requested_delivery_period", "activity_period", "validity_period")
_PLACES = ("inventory_location", "activity_location", "location")
_ANSWERS = ("line_status_code", "response_code", "action_code", "activity_type_code", "quantity_type_code")
_REASONS = ("description", "outstanding_reason", "reject_reason")
_PACKAGES_SHOWN = 5
_KEPT_SHOWN = 20
#: documents whose lines are of a day that is not a delivery's
_DATED = {"shipment_status", "inventory_report", "product_activity", "price_catalogue"}
_LINES_SHOWN = 500
_WRONG_SHOWN = 5  # numbers whose check digit is wrong
_NUMERIC = {"quantity", "missing", "price", "amount"}


class DocumentTable:
    """Lays out any canonical document; parts it does not know are shown by their names.

    :param env: for the reader's language
    """

    def __init__(self, env):
        self.env = env
        self.lang = env["res.lang"]._lang_get(env.user.lang or "en_US")
        self.labels, self.meanings = labels(env), meanings(env)
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
        known = DOCUMENTS.get(document.get("document_type"))
        fields_of_lines = known.LINES if known else ()
        for name in sorted(document, key=self._rank):
            value = document[name]
            if name in fields_of_lines or (name.endswith("_lines") and isinstance(value, list)):
                lines += value
            elif name not in _SKIPPED and (text := self._header_text(name, value)):
                header.append({"label": self._label(name), "text": text})
        if kept := self._kept(document):
            header.append({"label": self.env._("Also said"), "text": kept})
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
                {"name": name, "label": self._column(name, document), "numeric": name in _NUMERIC}
                for name in names
            ],
            "lines": [[row.get(name) for name in names] for row in rows],
            "total": len(lines),
            "differences": sum(any(cell.get("asked") for cell in row.values()) for row in rows),
        }

    def _kept(self, part):
        """What no field holds: kept as it came, by its name or its place in the file."""
        said = []
        for name, value in (part.get("extensions") or {}).items():
            if name in ("elements", "groups") and isinstance(value, dict):
                said += [f"{place}: {self.text(one)}" for place, one in value.items()]
            elif text := self.text(value):
                said.append(text if name == "segments" else f"{self._label(name)}: {text}")
        return " · ".join(said[:_KEPT_SHOWN])

    def _column(self, name, document):
        dated = name == "date" and document.get("document_type") in _DATED
        return self.env._("When") if dated else self._label(name)

    def _header_text(self, name, value):
        if name == "transport_handling_units":
            return self._packages(value)
        return self._code(name, value) or self.text(value)

    def _packages(self, units):
        shown = [unit["id"] for unit in units if unit.get("id")][:_PACKAGES_SHOWN]
        more = len(units) - len(shown)
        numbers = ", ".join(shown)
        if more and shown:
            return self.env._("%(numbers)s and %(count)s more", numbers=numbers, count=more)
        return numbers or str(more)

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
        cells |= self._named(line)
        if quantity := _first(line, _QUANTITIES):
            cells["quantity"] = self._cell(quantity, (_number(quantity["value"]), quantity["unit_code"]))
        missing = [self.text(line[name]) for name in _MISSING if line.get(name)]
        if missing := " + ".join(text for text in missing if _number(text.split()[0]) != 0):
            cells["missing"] = {"text": missing}
        if price := line.get("price"):
            amount, base = price["price_amount"], price.get("base_quantity") or {}
            per_unit = _number(amount["value"]) / (_number(base.get("value")) or 1)
            cells["price"] = self._cell(price, (per_unit, amount["currency_id"]))
        elif prices := line.get("prices"):
            cells["price"] = {"text": self._prices(prices)}
        if when := self._when(line):
            cells["date"] = when
        if place := self.text(_first(line, _PLACES)):
            cells["place"] = {"text": place}
        if amount := _first(line, _AMOUNTS):
            cells["amount"] = self._cell(amount, amount["value"])
        elif amount := _owed(line):
            cells["amount"] = self._cell(amount, amount["value"])
        codes = [(name, line[name]) for name in _ANSWERS if line.get(name)]
        if codes:
            cells["answer"] = {"text": ", ".join(self._code(*code) or code[1] for code in codes)}
        if notes := self._notes(line):
            cells["note"] = {"text": notes}
        return cells

    def _named(self, line):
        """What a line that names no item is about: a document, or an event on the road."""
        cells = {}
        if status := line.get("status_code"):
            cells["event"] = {"text": status.replace("_", " ").capitalize()}
        about = [line.get("document_type_code"), line.get("document_id") or line.get("control_reference")]
        if kind := line.get("line_type_code"):
            about.append(self._code("line_type_code", kind) or kind)
        for name in ("document_reference", "billing_reference", "order_reference"):
            about.append((line.get(name) or {}).get("id"))
        if "item" not in line and (text := " ".join(filter(None, about))):
            cells["document"] = {"text": text}
        return cells

    def _prices(self, prices):
        """The first price, from which quantity it holds, and how many more there are."""
        first = prices[0]
        text = self.text(first.get("price"))
        least = first.get("minimum_quantity")
        if least and _number(least["value"]) > 1:
            least = self.text(least)
            text = self.env._("%(price)s from %(quantity)s", price=text, quantity=least)
        if len(prices) > 1:
            text = self.env._("%(price)s and %(count)s more", price=text, count=len(prices) - 1)
        return text

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
        period = _first(line, _PERIODS)
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
            day = line.get("occurrence_date") or line.get("availability_date")
            text = f"{self.text(day)} {(line.get('occurrence_time') or '')[:5]}".strip()
            return {"text": text, "same": text} if day else None
        return {"text": self.text(period), "same": period.get("end_date") or period.get("start_date")}

    def _notes(self, line):
        _ = self.env._
        notes = [self.text(line.get("note"))]
        notes += [self.text(line.get(name)) for name in _REASONS]
        if reason := line.get("reason_code") or line.get("reject_reason_code"):
            notes.append(_("Reason %(code)s", code=reason))
        notes += [self.text(error.get("text") or error.get("code")) for error in line.get("errors") or ()]
        if invoiced := self.text(line.get("invoice_amount")):
            notes.append(_("Invoiced: %s", invoiced))
        if due := line.get("due_date"):
            notes.append(f"{self._label('due_date')}: {self.text(due)}")
        if backorder := line.get("maximum_backorder_quantity"):
            when = self.text(line.get("backorder_delivery_period"))
            quantity = self.text(backorder)
            notes.append(_("Back-ordered: %(quantity)s %(when)s", quantity=quantity, when=when).strip())
        notes.append(self._kept(line))
        return " · ".join(filter(None, notes))

    # -- values ----------------------------------------------------------------------------------

    def text(self, value):
        """Any canonical value in one line of text; empty for nothing, and for a revision of 0."""
        if value in (None, "", 0, [], {}):
            return ""
        match value:
            case {"value": number, "currency_id": "XXX"}:  # ISO 4217: none
                return self.env._("%s (no currency)", self.number(number, 2))
            case {"value": number, "currency_id": currency}:
                return f"{self.number(number, self.decimals.get(currency, 2))} {currency}"
            case {"value": number, "unit_code": unit}:
                return f"{self.number(number)} {self._code('unit_code', unit) or unit}"
            case {"tax_amount": amount} | {"payable_amount": amount} | {"line_extension_amount": amount}:
                return self.text(amount)
            case {"charge_indicator": charge, "amount": amount, **rest}:
                words = self.env._("Charge") if charge else self.env._("Allowance")
                reason = rest.get("allowance_charge_reason") or rest.get("allowance_charge_reason_code")
                return " ".join(filter(None, (words, self.text(amount), f"({reason})" if reason else "")))
            case {"price_amount": amount, **rest}:
                base = rest.get("base_quantity")
                several = base and _number(base["value"]) != 1
                return self.text(amount) + (f" / {self.text(base)}" if several else "")
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


def _owed(line):
    """The debit of a line of an account, less its credit."""
    parts = [
        (sign, line[name]) for name, sign in (("debit_amount", 1), ("credit_amount", -1)) if line.get(name)
    ]
    if not parts:
        return None
    value = sum(sign * (_number(part["value"]) or 0) for sign, part in parts)
    return {**parts[0][1], "value": format(value, "f")}


def _first(line, names):
    """The first of these parts that a line has, or ``None``."""
    return next((line[name] for name in names if line.get(name)), None)


def _number(text):
    try:
        return Decimal(text)
    except (InvalidOperation, TypeError):
        return None
