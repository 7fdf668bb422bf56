"""The form in which a partner bills, and the file it uploads: a canonical invoice, or the XML as it is."""

import base64
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from odoo.addons.trade_core.models.trade_route import AUTO
from odoo.addons.trade_kernel import codecs
from odoo.addons.trade_kernel.errors import TradeError
from odoo.addons.trade_portal import words

from . import numbers
from .answering import LONGEST, FormRefused, Reader, checked
from .changes import plain

#: the most a file may have
LARGEST = 10_000_000
_LAYOUT, _JSON = "layout", "canonical_json"
#: magic → what it is
_PICTURES = {b"%PDF-": "application/pdf", b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg"}


class File(NamedTuple):
    """What was uploaded: ``kind`` is the media type of something to look at, by its content."""

    name: str
    raw: bytes
    kind: str


class Bill(NamedTuple):
    """What one line has to bill, as the form is filled in at first."""

    line: NamedTuple  # Line
    quantity: str
    percent: Decimal


def bills(lines):
    """Of each line what was received or is on its way, else all of it, without what was billed before."""
    found = []
    for line in lines:
        ours = line.line
        came = max(ours.qty_received, float(line.despatched or 0)) or ours.product_qty
        left = Decimal(repr(max(came - ours.qty_invoiced, 0.0))).quantize(Decimal("0.000001"))
        taxes = ours.tax_ids.filtered(lambda tax: tax.amount_type == "percent")
        found.append(Bill(line, plain(left), Decimal(repr(sum(taxes.mapped("amount"))))))
    return found


def sums(rows, decimals):
    """Net, tax and total of ``(quantity, price, percent)``, rounded as on paper."""
    cent = Decimal(1).scaleb(-decimals)
    bases = {}
    for quantity, price, percent in rows:
        bases[percent] = bases.get(percent, Decimal(0)) + _round(quantity * price, cent)
    taxes = {percent: _round(base * percent / 100, cent) for percent, base in bases.items()}
    net = sum(bases.values(), Decimal(0))
    return bases, taxes, net, net + sum(taxes.values(), Decimal(0))


def total_of(rows, decimals):
    """What the form is filled in with as the total with tax.

    :param rows: list of :class:`Bill`
    """
    return sums([(Decimal(row.quantity), Decimal(row.line.price), row.percent) for row in rows], decimals)[3]


def _round(value, cent):
    return value.quantize(cent, ROUND_HALF_UP)


def stored(env, upload):
    """The file of a form, ``None`` when there is none; its name is no path.

    :raise FormRefused: it is too large
    """
    if not upload or not getattr(upload, "filename", ""):
        return None
    raw = upload.read(LARGEST + 1)
    if len(raw) > LARGEST:
        raise FormRefused({"file": env._("The file is too large: at most %s MB.", LARGEST // 1_000_000)})
    name = upload.filename.replace("\\", "/").rpartition("/")[2]
    name = "".join(letter for letter in name if letter.isprintable())[-LONGEST:] or "file"
    return File(name, raw, "")


def uploaded(env, upload):
    """The file that goes with an invoice, see :func:`stored`. Its content says what it is, not its name:
    ``kind`` is empty for what has to be read.

    :raise FormRefused:
    """
    file = stored(env, upload)
    if not file:
        return None
    kinds = (kind for magic, kind in _PICTURES.items() if file.raw.startswith(magic))
    return file._replace(kind=next(kinds, ""))


def read_file(env, order, trade_partner, document_type, file):
    """How a partner's own file is read: by what its content says it is, else by the layout agreed on.

    It holds one document of this kind, about this order.

    :return: ``(route, codec)`` by which it comes in
    :raise FormRefused:
    """
    try:
        known = codecs.recognise(file.raw, file.name)
    except TradeError:
        known = None
    routes = order._portal_in_routes(trade_partner, document_type)
    layouts = routes.filtered(lambda route: route.codec == _LAYOUT)
    if layouts and (known is None or known.name == _JSON):
        route, known = layouts[0], codecs.get(_LAYOUT)
    elif known:
        agreed = routes.filtered(lambda route: route.codec in (known.name, AUTO))
        route = (agreed or routes)[0]
    else:
        text = _unreadable(env)
        if document_type == "invoice":
            look = env._("An invoice to look at has to be a PDF, JPEG or PNG.")
            text = f"{look} {text}"
        raise FormRefused({"file": text})
    try:
        parts = list(known.decode(file.raw, route._codec_options()))
    except TradeError as error:
        raise FormRefused({"file": words.of_errors(env, error.errors)}) from error
    if len(parts) != 1:
        raise FormRefused({"file": env._("One document in each file, please.")})
    [part] = parts
    if part.errors:
        raise FormRefused({"file": "\n".join(_with_place(env, error) for error in part.errors[:5])})
    if part.document.document_type != document_type:
        raise FormRefused({"file": env._("This is another kind of document.")})
    if set(part.document.threads) != {order.name}:
        text = env._("It has to name this order, %(order)s, and no other.", order=order.name)
        raise FormRefused({"file": text})
    return route, known.name


def _with_place(env, error):
    """Rows, columns and segments people find in their file; places in what we made of it they do not."""
    place = error.pointer or ""
    text = words.of_errors(env, [error])
    return text if not place or place.startswith("/") else f"{text} ({place})"


def _unreadable(env):
    return env._(
        "This file cannot be read here. Send UBL, EDIFACT, X12 or cXML, or fill in the form. For a table of"
        " your own (CSV, Excel) ask your contact person: its columns have to be agreed on once."
    )


def invoice(env, order, form, rows, file):
    """The canonical invoice a form says.

    :param rows: list of :class:`Bill`
    :raise FormRefused:
    """
    reader = Reader(env, form)
    number, day, total = reader.text("number"), reader.day("issued"), reader.number("total")
    if not number:
        reader.errors.setdefault("number", env._("Enter the number of your invoice."))
    if not day:
        reader.errors.setdefault("issued", env._("Enter the date of your invoice."))
    billed = [
        (row, reader.number(f"bill_{row.line.ref}"), reader.number(f"net_{row.line.ref}")) for row in rows
    ]
    billed = [(row, quantity, price) for row, quantity, price in billed if quantity]
    for row, _quantity, price in billed:
        if price is None:
            reader.errors.setdefault(f"net_{row.line.ref}", env._("Enter the price."))
    if not billed and not reader.errors:
        reader.errors[""] = env._("Enter how much you bill of at least one line.")
    reader.check()
    currency, decimals = order.currency_id.name, order.currency_id.decimal_places
    bases, taxes, net, gross = sums(
        [(quantity, price, row.percent) for row, quantity, price in billed], decimals
    )
    if total not in (None, gross) and total == total_of(rows, decimals):
        right = numbers.written(format(gross, "f"), numbers.point_of(env))
        text = env._("This is the total before you changed lines. Of what you bill now it is %s.", right)
        raise FormRefused({"total": text})

    def amount(value):
        return {"value": format(value, "f"), "currency_id": currency}

    cent = Decimal(1).scaleb(-decimals)
    return checked(
        env,
        {
            "document_type": "invoice",
            "id": number,
            "issue_date": day.isoformat(),
            "invoice_type_code": "380",
            "document_currency_code": currency,
            "order_reference": {"id": order.name},
            "accounting_supplier_party": {"party_name": order.partner_id.commercial_partner_id.name},
            "accounting_customer_party": {"party_name": order.company_id.name},
            "additional_document_reference": [_picture(file)] if file else [],
            "tax_total": [
                {
                    "tax_amount": amount(sum(taxes.values(), Decimal(0))),
                    "tax_subtotal": [
                        {
                            "taxable_amount": amount(base),
                            "tax_amount": amount(taxes[percent]),
                            "tax_category": _category(percent),
                        }
                        for percent, base in bases.items()
                    ],
                }
            ],
            "legal_monetary_total": {
                "line_extension_amount": amount(net),
                "tax_exclusive_amount": amount(net),
                "tax_inclusive_amount": amount(gross if total is None else total),
                "payable_amount": amount(gross if total is None else total),
            },
            "invoice_lines": [
                {
                    "id": row.line.ref,
                    "order_line_reference": {"line_id": row.line.ref},
                    "quantity": {"value": format(quantity, "f"), "unit_code": row.line.unit_code},
                    "price": {"price_amount": amount(price)},
                    "line_extension_amount": amount(_round(quantity * price, cent)),
                    "item": {"name": row.line.name},
                    "tax_category": [_category(row.percent)],
                }
                for row, quantity, price in billed
            ],
        },
    )


def _category(percent):
    return {"id": "S" if percent else "Z", "percent": format(percent, "f"), "tax_scheme_id": "VAT"}


def _picture(file):
    content = base64.b64encode(file.raw).decode()
    return {
        "id": file.name,
        "attachment": {"filename": file.name, "mime_code": file.kind, "content": content},
    }
