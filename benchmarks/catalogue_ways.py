# Run in Odoo's shell by catalogue.py, which puts shell_clock.py before it and appends the call.
# ruff: noqa: F821
import io
import uuid
from datetime import timedelta

from odoo import fields

from odoo.addons.trade_core.models.trade_adapter import Work
from odoo.addons.trade_kernel.canonical import PriceCatalogue

PIECE, BATCH = 1_000, 10
VENDOR = "Bench Supplier"
NEW_EVERY = 20  # one of so many items has no vendor price yet, and is known by a mapping


def prepare(lines):
    """A supplier with a route, and a product for each item; all but every twentieth have a vendor price."""
    vendor = env["res.partner"].create({"name": VENDOR, "is_company": True})
    profile = env["trade.partner"].create({"partner_id": vendor.id, "state": "live"})
    connector = env["trade.connector"].create(
        {"name": "Bench", "trade_partner_id": profile.id, "transport": "manual"}
    )
    env["trade.route"].create(
        {
            "trade_partner_id": profile.id,
            "connector_id": connector.id,
            "direction": "in",
            "document_type": "price_catalogue",
            "codec": "edifact",
        }
    )
    product = env["product.product"].create({"name": "Bench"})
    info = env["product.supplierinfo"].create(
        {
            "partner_id": vendor.id,
            "product_tmpl_id": product.product_tmpl_id.id,
            "product_id": product.id,
            "price": 100,
        }
    )
    mapping = env["trade.mapping"].create(
        {
            "company_id": env.company.id,
            "trade_partner_id": profile.id,
            "kind": "product",
            "scheme": "seller",
            "code": "ACME-NONE",
            "product_id": product.id,
        }
    )
    env.flush_all()
    template = copies(product.product_tmpl_id, lines, {})
    variant = copies(product, lines, {"product_tmpl_id": f"{template} + n", "default_code": "'B-' || n"})
    of_item = {"product_tmpl_id": f"{template} + n", "product_id": f"{variant} + n"}
    copies(info, lines, {**of_item, "product_code": "'ACME-' || n"}, f"n % {NEW_EVERY} <> 0")
    code = {"code": "'ACME-' || n", "code_key": "'ACME-' || n"}
    of_mapping = {"product_id": f"{variant} + n", "res_id": f"{variant} + n"}
    copies(mapping, lines, {**of_mapping, **code}, f"n % {NEW_EVERY} = 0")
    env.cr.commit()
    env.cr.execute("ANALYZE")
    env.cr.commit()
    return {}


def copies(record, count, values, condition="TRUE"):
    """Rows like a record with following ids; ``values`` are SQL in which ``n`` counts from 0."""
    names = [
        name for name, field in record._fields.items() if field.store and field.column_type and name != "id"
    ]
    table = record._table
    env.cr.execute(f"SELECT MAX(id) + 1 FROM {table}")
    [first] = env.cr.fetchone()
    env.cr.execute(
        f"INSERT INTO {table} (id, {', '.join(map(quoted, names))})"
        f" SELECT {first} + n, {', '.join(values.get(name) or 's.' + quoted(name) for name in names)}"
        f"   FROM {table} s, generate_series(0, {count - 1}) AS n WHERE s.id = {record.id} AND {condition}"
    )
    env.cr.execute(f"SELECT setval('{table}_id_seq', {first + count})")
    return first


def quoted(name):
    return f'"{name}"'


def route():
    return env["trade.route"].search([("trade_partner_id.name", "=", VENDOR)])


def price(number):
    """The new price of an item; the old one is 100."""
    return 100 + (number % 800 + 1) / 100


def document(piece, lines):
    first = piece * PIECE
    today = fields.Date.today().isoformat()
    return PriceCatalogue.model_validate(
        {
            "id": "L1" if not piece else f"L1-{piece + 1}",
            "issue_date": today,
            "validity_period": {"start_date": today},
            "catalogue_lines": [
                {
                    "id": str(number - first + 1),
                    "item": {
                        "name": f"Bolt {number}",
                        "sellers_item_identification": {"id": f"ACME-{number}"},
                    },
                    "prices": [
                        {"price": {"price_amount": {"value": f"{price(number):.2f}", "currency_id": "USD"}}}
                    ],
                }
                for number in range(first, min(first + PIECE, lines))
            ],
        }
    )


# -- the ways ------------------------------------------------------------------------------------


def reviewed(lines):
    """Documents → rows to review → accepted by a person → vendor prices with history."""
    way = env["trade.adapter.in.price_catalogue"]
    pieces = stored_pieces(-(-lines // PIECE))
    clock, before, parts = Clock(database=env.cr.dbname), memory(), {}
    for start in range(0, len(pieces), BATCH):
        numbers = range(start, min(start + BATCH, len(pieces)))
        works = [Work(pieces[number], document(number, lines)) for number in numbers]
        clock.start()
        way._plan(works)
        assert all(work.open for work in works), [work.error for work in works]
        way._apply(works)
        for work in works:  # as the pipeline does
            work.message._set_state("applied", res_model=work.record._name, res_id=work.record.id)
        env.flush_all()
        env.cr.postcommit.clear()  # nobody wakes lanes here
        env.cr.commit()
        clock.stop()
        env.invalidate_all()
    parts["compared and kept"] = clock.seconds
    decide_and_apply(clock, parts)
    verify(lines)
    return {**clock.figures(lines, before), "parts": parts, "peak": memory() / 1024}


def stored_pieces(count):
    """The messages of a file in pieces, as the pipeline has stored them."""
    Message = env["trade.message"]
    whole = Message._receive(b" " * 300_000, route=route(), scope="bench", key=uuid.uuid4().hex).message_id
    whole = Message.browse(whole)
    whole._set_state("decoded")
    whole._set_state("applied")
    ids = [
        Message._receive(
            b"{}", route=route(), scope=f"part:{whole.id}", key=str(piece), parent=whole
        ).message_id
        for piece in range(1, count + 1)
    ]
    env.cr.postcommit.clear()
    env.cr.commit()
    return [Message.browse(one) for one in ids]


def decide_and_apply(clock, parts):
    catalogue = env["trade.catalogue"].search([("partner_id.name", "=", VENDOR)])
    assert len(catalogue) == 1, catalogue
    lane = catalogue._lane()
    env.cr.commit()
    for name in ("completed", "accepted", "applied"):
        at = clock.seconds
        clock.start()
        if name == "accepted":
            catalogue.with_user(env.ref("base.user_admin")).action_accept_all()
            env.flush_all()
            env.cr.postcommit.clear()
            env.cr.commit()
        else:
            drain(lane)
        clock.stop()
        parts[name] = clock.seconds - at
        env.invalidate_all()


def drain(lane):
    """The lane's own job, until it has nothing left."""
    from odoo.addons.trade_purchase import catalogue_apply

    while catalogue_apply.ready(env, lane, 1):
        env.cr.commit()
        env["trade.lane"]._drain(lane)
        env.cr.commit()


def raw(lines, history=True):
    """COPY of the list into a temporary table; what holds on its day is copied with its end, then updated,
    and the rest is inserted: matched by the vendor's code, in the list's currency, from its day on.

    :param history: whether the old price is kept; without it, an order of yesterday finds none
    """
    vendor, today = route().trade_partner_id.partner_id, fields.Date.today().isoformat()
    said = [(f"ACME-{number}", price(number)) for number in range(lines)]
    env.cr.commit()
    clock, before = Clock(database=env.cr.dbname), memory()
    clock.start()
    env.cr.execute(
        "CREATE TEMP TABLE said (code varchar, price float8, currency varchar, day date) ON COMMIT DROP"
    )
    file = io.StringIO("".join(f"{code}\t{new}\tUSD\t{today}\n" for code, new in said))
    env.cr.copy_expert("COPY said FROM STDIN", file)
    holds = (
        "s.product_code = said.code AND s.partner_id = %s AND s.min_qty = 0"
        " AND (s.date_start IS NULL OR s.date_start <= said.day)"
        " AND (s.date_end IS NULL OR s.date_end >= said.day)"
    )
    if history:
        same = (
            "partner_id, product_tmpl_id, product_id, product_uom_id, min_qty, price, discount, currency_id,"
            " company_id, product_name, product_code, delay, sequence, date_start, create_date, write_date"
        )
        env.cr.execute(
            f"INSERT INTO product_supplierinfo ({same}, date_end)"
            f" SELECT {', '.join(f's.{name}' for name in same.split(', '))}, said.day - 1"
            f"   FROM said JOIN product_supplierinfo s ON {holds}"
            "  WHERE s.date_start IS NULL OR s.date_start < said.day",
            [vendor.id],
        )
    env.cr.execute(
        "UPDATE product_supplierinfo s SET price = said.price, date_start = said.day, currency_id = c.id,"
        "       write_date = now() AT TIME ZONE 'UTC'"
        f"  FROM said JOIN res_currency c ON c.name = said.currency WHERE {holds}",
        [vendor.id],
    )
    updated = env.cr.rowcount
    env.cr.execute(
        "INSERT INTO product_supplierinfo (partner_id, product_tmpl_id, product_id, product_uom_id, min_qty,"
        "       price, currency_id, company_id, product_code, delay, sequence, date_start, create_uid,"
        "       write_uid, create_date, write_date)"
        " SELECT %s, t.id, p.id, t.uom_id, 0, said.price, c.id, %s, said.code, 1, 1, said.day, 1, 1, now(),"
        "       now()"
        "   FROM said JOIN res_currency c ON c.name = said.currency"
        "   JOIN trade_mapping m ON m.code_key = said.code AND m.trade_partner_id = %s AND m.kind = 'product'"
        "   JOIN product_product p ON p.id = m.res_id JOIN product_template t ON t.id = p.product_tmpl_id"
        "  WHERE NOT EXISTS ("
        "        SELECT FROM product_supplierinfo s WHERE s.product_code = said.code AND s.partner_id = %s)",
        [vendor.id, env.company.id, route().trade_partner_id.id, vendor.id],
    )
    inserted = env.cr.rowcount
    env.cr.commit()
    clock.stop()
    assert updated + inserted == lines, (updated, inserted)
    verify(lines, history)
    return {**clock.figures(lines, before), "peak": memory() / 1024}


def raw_forgetting(lines):
    return raw(lines, history=False)


def load(lines):
    """The import Odoo has, of the rows as its own export writes them and a price list says them: external id,
    vendor, product, number, price, currency, least quantity, first day."""
    infos, numbers = vendor_prices(lines)
    head = ["id", "partner_id", "product_tmpl_id/id", "product_code", "price", "currency_id", "min_qty"]
    exported = infos.export_data(head)["datas"]  # gives external ids to what has none
    env.cr.commit()
    today = str(fields.Date.today())
    rows = [
        [*map(str, row[:4]), str(price(number)), *map(str, row[5:]), today]
        for row, number in zip(exported, numbers, strict=True)
    ]
    return loaded([*head, "date_start"], rows)


def load_lean(lines):
    """The same import with nothing but database ids and prices, which nobody's price list has."""
    infos, numbers = vendor_prices(lines)
    rows = [[str(info), str(price(number))] for info, number in zip(infos.ids, numbers, strict=True)]
    return loaded([".id", "price"], rows)


def vendor_prices(lines):
    vendor = route().trade_partner_id.partner_id
    infos = env["product.supplierinfo"].search(
        [("partner_id", "=", vendor.id), ("product_code", "!=", False)], limit=lines, order="id"
    )
    return infos, [int(code.removeprefix("ACME-")) for code in infos.mapped("product_code")]


def loaded(head, rows):
    env.invalidate_all()
    clock, before = Clock(database=env.cr.dbname), memory()
    clock.start()
    found = env["product.supplierinfo"].load(head, rows)
    env.flush_all()
    env.cr.commit()
    clock.stop()
    assert len(found["ids"] or ()) == len(rows), found["messages"]
    return {**clock.figures(len(rows), before), "peak": memory() / 1024}


def pricat(lines):
    """The list as an EDIFACT file."""
    today = f"{fields.Date.today():%Y%m%d}"
    head = (
        "UNB+UNOC:3+4012345000009:14+5412345000013:14+260302:0915+REF0000042'"
        f"UNH+1+PRICAT:D:96A:UN:EAN008'BGM+9+L1+9'DTM+137:{today}:102'"
        "NAD+SU+4012345000009::9'NAD+BY+5412345000013::9'CUX+2:USD:8'"
    )
    body = "".join(
        f"LIN+{number + 1}+1'PIA+5+ACME-{number}:SA'IMD+F++:::Bolt {number}'DTM+7:{today}:102'"
        f"PRI+AAA:{price(number):.2f}:CA'"
        for number in range(lines)
    )
    return f"{head}{body}UNS+S'CNT+2:{lines}'UNT+{5 * lines + 9}+1'UNZ+1+REF0000042'".encode()


def file(lines):
    """From stored bytes: the file is received before the clock starts, its lanes are drained on it."""
    text = pricat(lines)
    env["trade.message"]._receive(text, route=route(), scope="bench", key="file")
    env.cr.postcommit.clear()  # nobody wakes lanes here
    env.cr.commit()
    del text
    clock, before, parts = Clock(database=env.cr.dbname), memory(), {}
    clock.start()
    while env["trade.message"].search_count([("state", "=", "received")]):
        env.cr.commit()
        env["trade.lane"]._drain(f"in/{route().id}")
        env.cr.commit()
    clock.stop()
    held = env["trade.message"].search([("state", "=", "held")], limit=1)
    assert not held, held.state_reason
    decide_and_apply(clock, parts)
    verify(lines)
    return {**clock.figures(lines, before), "peak": memory() / 1024}


def verify(lines, history=True):
    """Every item costs what the list says, and what changed has its price until yesterday; otherwise the
    figures are worth nothing."""
    env.cr.execute(
        """
        SELECT COUNT(*) FILTER (WHERE s.date_end IS NULL), SUM(s.price) FILTER (WHERE s.date_end IS NULL),
               COUNT(*) FILTER (WHERE s.date_end = %s AND s.price = 100)
          FROM product_supplierinfo s JOIN res_partner p ON p.id = s.partner_id
         WHERE p.name = %s AND s.product_code LIKE 'ACME-%%'""",
        [fields.Date.today() - timedelta(days=1), VENDOR],
    )
    count, total, past = env.cr.fetchone()
    expected = sum(price(number) for number in range(lines))
    assert count == lines and abs(total - expected) < 0.01 * lines, (count, total, lines, expected)
    changed = sum(bool(number % NEW_EVERY) for number in range(lines))
    assert past == (changed if history else 0), (past, changed)
