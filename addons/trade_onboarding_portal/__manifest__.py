{
    "name": "Trading Partners - Onboarding Portal",
    "summary": "The partner's side of onboarding: invitation, checklist, forms that save as they go",
    "version": "19.0.1.0.0",
    "author": "Tradelane",
    "license": "LGPL-3",
    "category": "Supply Chain/Trading Partners",
    "depends": ["trade_onboarding", "trade_portal"],
    "data": [
        "data/trade_onboarding_template_data.xml",
        "views/trade_onboarding_views.xml",
        "views/trade_onboarding_template_views.xml",
        "views/checklist_templates.xml",
        "views/step_templates.xml",
        "views/bench_templates.xml",
    ],
    "assets": {
        "web.assets_frontend": [
            "trade_onboarding_portal/static/src/scss/checklist.scss",
            "trade_onboarding_portal/static/src/form/save_as_you_go.js",
        ],
    },
    "auto_install": True,
}
