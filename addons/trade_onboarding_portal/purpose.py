"""What the invitation's link is for."""

from odoo.tools.translate import LazyTranslate

from odoo.addons.trade_portal import purposes

_lt = LazyTranslate(__name__)

PURPOSE = "onboarding.case"
PAGE = "onboarding"
purposes.register(
    PURPOSE, _lt("Begin trading with us"), page=PAGE, models=("trade.onboarding",), days=30, alone=True
)
