"""The sentences of error codes in the language of whoever reads them."""

from odoo.tools.translate import code_translations

from odoo.addons.trade_kernel.catalogue import Entry
from odoo.addons.trade_kernel.errors import rendered
from odoo.addons.trade_kernel.partner_words import OURS, PARTNERS


def to_partner(env, code, params):
    """What partners read about a code, see :mod:`~odoo.addons.trade_kernel.partner_words`.

    :param params: values of its sentences; a sentence among them that is not for partners is told as
        a difficulty on our side
    :return: ``Entry`` in the language of ``env``, without a remedy where it follows from the error's class;
        ``None``: it is not for partners
    """
    told = PARTNERS.get(code)
    if not told:
        return None

    def say(code, params):
        return (to_partner(env, code, params) or to_partner(env, OURS["code"], {})).message

    return Entry(
        *(rendered(translated(env, told.addon, text or ""), params or {}, say) for text in told[1:3])
    )


def translated(env, addon, text):
    """A text of the code of ``addon`` in the language of ``env``; itself where nobody translated it."""
    if not text or (env.lang or "en_US") == "en_US":
        return text
    return code_translations.get_python_translations(addon, env.lang).get(text, text)
