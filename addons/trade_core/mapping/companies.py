"""Trading partners by what Odoo itself knows of them: identifiers, VAT number, our reference."""

from odoo.tools import SQL

from ..data_values import key_of
from .hit import Hit

#: ISO 6523 scheme, ``vat`` or "" (a bare number) → scheme of ``trade.identifier``
SCHEMES = {"0088": "gln", "0060": "duns", "vat": "vat", "": "own"}


def words(env):
    """What the schemes are called."""
    return {
        "0088": env._("the GLN"),
        "0060": env._("the D-U-N-S number"),
        "vat": env._("the VAT number"),
        "": env._("the number"),
    }


def known(env, company, pairs):
    """``(pair, Hit)`` of the partners of a company that have one of these numbers; two queries.

    Systems of ours are no partners.
    """
    by_number = {}
    for pair in pairs:
        if scheme := SCHEMES.get(pair[0]):
            by_number.setdefault((scheme, key(scheme, pair[1])), []).append(pair)
    env["trade.partner"].flush_model()
    env["trade.identifier"].flush_model()
    env["res.partner"].flush_model(["vat", "ref", "commercial_partner_id"])
    rows = env.execute_query(_query(company, {number for _scheme, number in by_number}))
    called = {
        "identifier": env._("an identifier of the partner"),
        "vat": env._("the VAT number of the partner"),
        "ref": env._("our reference of the partner"),
    }
    for partner_id, scheme, number, by in rows:
        for pair in by_number.get((scheme, key(scheme, number)), ()):
            yield pair, Hit(partner_id, called[by])


def key(scheme, number):
    """What two spellings of a number have in common; ours are as they are: 10-1 is not 101."""
    return number.strip() if scheme == "own" else key_of(number)


def _query(company, numbers):
    return SQL(
        """
        WITH told AS (
            SELECT t.id, i.scheme, i.value AS number, 'identifier' AS by,
                   t.company_id, t.active, t.is_internal
              FROM trade_identifier i JOIN trade_partner t ON t.id = i.trade_partner_id
             WHERE i.scheme IN ('gln', 'duns', 'vat', 'own')
            UNION ALL
            SELECT t.id, 'vat', c.vat, 'vat', t.company_id, t.active, t.is_internal
              FROM trade_partner t JOIN res_partner p ON p.id = t.partner_id
              JOIN res_partner c ON c.id = p.commercial_partner_id WHERE c.vat IS NOT NULL
            UNION ALL
            SELECT t.id, 'own', p.ref, 'ref', t.company_id, t.active, t.is_internal
              FROM trade_partner t JOIN res_partner p ON p.id = t.partner_id WHERE p.ref IS NOT NULL)
        SELECT id, scheme, number, by FROM told
         WHERE company_id = %s AND active AND is_internal IS NOT TRUE
           AND CASE WHEN scheme = 'own' THEN trim(number)
                    ELSE upper(regexp_replace(number, '[^[:alnum:]]+', '', 'g')) END = ANY(%s)
         ORDER BY id""",
        company.id,
        list(numbers),
    )
