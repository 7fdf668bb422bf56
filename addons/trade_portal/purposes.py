"""What links may be for. Addons register theirs when they are loaded::

    _lt = LazyTranslate(__name__)
    purposes.register("order.answer", _lt("Answer our order"), page="order", models=("purchase.order",))

and serve its page with :func:`~.pages.link_route`.
"""

import re
from typing import NamedTuple

from odoo.tools.translate import LazyGettext

_CODE = re.compile(r"[a-z]+(\.[a-z_]+)+")
_PAGE = re.compile(r"[a-z]+(-[a-z]+)*")


class Purpose(NamedTuple):
    """:ivar code: such as ``order.answer``
    :ivar title: what one does with the link, as on a button: "Answer our order"
    :ivar page: the last part of its page's address, ``/trade/link/<ref>/<page>``
    :ivar models: which records its links may be about
    :ivar days: how long a link works, unless its issuer says otherwise
    :ivar uses: how often it may be used; 0: without a limit until it expires
    :ivar renewable: whether its reader may have a new one sent to the same address when it has ended
    :ivar alone: whether its record may have no trading partner yet; then the record stands for it: its model
        has ``company_id`` and the methods ``_trade_portal_partner()`` → ``trade.partner``, maybe empty, and
        ``_trade_portal_contact()`` → our ``res.users`` who looks after it
    """

    code: str
    title: LazyGettext | str
    page: str
    models: tuple[str, ...]
    days: int = 14
    uses: int = 0
    renewable: bool = True
    alone: bool = False


#: code → purpose
PURPOSES: dict[str, Purpose] = {}


def register(code, title, *, page, models, days=14, uses=0, renewable=True, alone=False):
    """Add a purpose.

    :param title: translated lazily (``LazyTranslate``), so that every reader gets it in the own language
    :raise ValueError: the code or the page is taken or malformed
    """
    if not _CODE.fullmatch(code) or not _PAGE.fullmatch(page):
        raise ValueError(f"A purpose looks like order.answer and its page like order, not {code}, {page}.")
    purpose = Purpose(code, title, page, tuple(models), days, uses, renewable, alone)
    taken = next((known for known in PURPOSES.values() if known.code == code or known.page == page), purpose)
    if taken[:1] + taken[2:] != purpose[:1] + purpose[2:]:
        raise ValueError(f"The purpose {code} or its page {page} is registered already: {taken.code}.")
    PURPOSES[code] = purpose


def get(code):
    """
    :raise ValueError: nobody registered it
    """
    if code not in PURPOSES:
        raise ValueError(f"No addon registered the purpose {code} for links.")
    return PURPOSES[code]
