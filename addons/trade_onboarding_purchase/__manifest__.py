{
    "name": "Trading Partners - Onboarding of Suppliers",
    "summary": "Test orders for suppliers: what they shall answer, made of templates and of what was traded",
    "version": "19.0.1.0.0",
    "author": "Tradelane",
    "license": "LGPL-3",
    "category": "Supply Chain/Trading Partners",
    "depends": ["trade_onboarding", "trade_purchase"],
    "data": [
        "data/trade_certification_case_data.xml",
        "views/purchase_order_views.xml",
        "views/trade_onboarding_template_views.xml",
    ],
    "auto_install": True,
}
