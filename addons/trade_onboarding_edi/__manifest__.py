{
    "name": "Trading Partners - Onboarding over EDI",
    "summary": "Layouts, versions and ids of files in the templates by which partners are taken on",
    "version": "19.0.1.0.0",
    "author": "Tradelane",
    "license": "LGPL-3",
    "category": "Supply Chain/Trading Partners",
    "depends": ["trade_onboarding", "trade_edi"],
    "data": ["views/trade_onboarding_template_views.xml"],
    "auto_install": True,
}
