{
    "name": "Trading Partners - Onboarding from the Order's Page",
    "summary": "A supplier that answers on pages connects a system, and keeps everything it has",
    "version": "19.0.1.0.0",
    "author": "Tradelane",
    "license": "LGPL-3",
    "category": "Supply Chain/Trading Partners",
    "depends": ["trade_onboarding_portal", "trade_portal_purchase"],
    "data": ["data/trade_onboarding_template_data.xml", "data/trade_onboarding_template_small_data.xml"],
    "auto_install": True,
}
