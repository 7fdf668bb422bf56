{
    "name": "Trading Partners - Onboarding",
    "summary": "Partners from the invitation to live trading: steps, checks, approvals, clocks",
    "version": "19.0.1.0.0",
    "author": "Tradelane",
    "license": "LGPL-3",
    "category": "Supply Chain/Trading Partners",
    "depends": ["trade_core"],
    "data": [
        "security/ir.model.access.csv",
        "security/trade_onboarding_security.xml",
        "wizards/trade_onboarding_reason_views.xml",
        "views/trade_onboarding_step_views.xml",
        "views/trade_onboarding_views.xml",
        "views/trade_onboarding_template_views.xml",
        "views/trade_partner_views.xml",
        "data/trade_onboarding_template_data.xml",
    ],
    "assets": {
        "web.assets_backend": ["trade_onboarding/static/src/**/*"],
    },
}
