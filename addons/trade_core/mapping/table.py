"""Mappings as a table: CSV in and out, the same columns both ways."""

import csv
import io
from datetime import date
from decimal import Decimal, InvalidOperation

from odoo.exceptions import UserError

from odoo.addons.trade_kernel.codecs.layout.detect import decoded, delimiter_of
from odoo.addons.trade_kernel.errors import ValidationFailed
from odoo.addons.trade_kernel.proof import number

from .units import as_fraction

COLUMNS = (
    "kind",
    "code",
    "meaning",
    "partner",
    "scheme",
    "contains",
    "only_for",
    "valid_from",
    "valid_to",
    "note",
)
#: only written, beside rows that were refused
REASON = "reason"
MOST_ROWS = 20_000
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def read(env, data):
    """The rows of a file, with their numbers in it.

    :return: ``[(row number, {column: text})]``, without empty rows
    :raise UserError: it is no table, or columns are missing or not known
    """
    try:
        text = decoded(data)
    except ValidationFailed as error:
        raise UserError(str(error)) from error
    try:
        lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text), strict=True)
        names = [_column(cell) for cell in next(lines, [])]
        _check_columns(env, names)
        found = []
        for cells in lines:
            if any(cell.strip() for cell in cells):
                found.append((lines.line_num, _row(names, cells)))
                if len(found) > MOST_ROWS:
                    raise UserError(env._("The file has more than %s rows. Cut it in pieces.", MOST_ROWS))
    except csv.Error as error:
        raise UserError(
            env._("This is no table that can be read (%s). Save it as CSV, in UTF-8.", error)
        ) from error
    if not found:
        raise UserError(env._("There are no rows beneath the names of the columns."))
    return found


def _column(cell):
    return cell.strip().lstrip("\ufeff").lower().replace(" ", "_")


def _check_columns(env, names):
    unknown = [name for name in names if name and name not in (*COLUMNS, REASON)]
    missing = [name for name in ("code", "meaning") if name not in names]
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if unknown or missing or twice:
        raise UserError(
            env._(
                "The first row must name the columns. Not known: %(unknown)s. Missing: %(missing)s. "
                "Twice: %(twice)s. Known are: %(known)s.",
                unknown=", ".join(unknown) or "–",
                missing=", ".join(missing) or "–",
                twice=", ".join(twice) or "–",
                known=", ".join(COLUMNS),
            )
        )


def _row(names, cells):
    row = {name: _plain(cell) for name, cell in zip(names, cells, strict=False) if name}
    if len(cells) > len(names) and any(cell.strip() for cell in cells[len(names) :]):
        row[None] = "more"
    return row


def _plain(cell):
    """A cell without the apostrophe that keeps spreadsheets from taking it for a formula."""
    cell = cell.strip()
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell


def write(rows, columns=COLUMNS):
    """A CSV file of ``[{column: text}]``, as bytes; with a mark, so that Excel reads it as UTF-8."""
    out = io.StringIO(newline="")
    table = csv.writer(out)
    table.writerow(columns)
    for row in rows:
        cells = [row.get(name) or "" for name in columns]
        table.writerow([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in cells])
    return out.getvalue().encode("utf-8-sig")


def rows_of(mappings, targets):
    """Mappings as rows that :func:`read` understands.

    :param targets: :class:`.targets.Targets`
    """
    names = {}
    for model, of_model in mappings.filtered("res_model").grouped("res_model").items():
        if model in mappings.env:
            names[model] = targets.named(mappings.env[model].browse(of_model.mapped("res_id")).exists())
    products = targets.named(mappings.for_product_id)
    return [
        {
            "kind": mapping.kind,
            "code": mapping.code,
            "meaning": names.get(mapping.res_model, {}).get(mapping.res_id) or mapping.value or "",
            "partner": mapping.trade_partner_id.name or "",
            "scheme": mapping.scheme or "",
            "contains": number(as_fraction(mapping.factor)) if mapping.kind == "uom" else "",
            "only_for": products.get(mapping.for_product_id.id, ""),
            "valid_from": mapping.valid_from.isoformat() if mapping.valid_from else "",
            "valid_to": mapping.valid_to.isoformat() if mapping.valid_to else "",
            "note": mapping.note or "",
        }
        for mapping in mappings
    ]


def factor_of(text):
    """:raise ValueError: no number above zero"""
    try:
        value = Decimal(text.replace(",", ".")) if text else Decimal(1)
    except InvalidOperation:
        raise ValueError(text) from None
    if not value.is_finite() or value <= 0:
        raise ValueError(text)
    return float(value)


def day_of(text):
    """:raise ValueError: no ISO day"""
    return date.fromisoformat(text) if text else False
