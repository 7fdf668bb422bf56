{
    "name": "Trading Partners - Purchase",
    "summary": "Purchase orders go out, the supplier's answers come in and are compared with what was asked",
    "version": "19.0.1.0.0",
    "author": "Tradelane",
    "license": "LGPL-3",
    "category": "Supply Chain/Trading Partners",
    "depends": ["trade_core", "purchase"],
    "data": [
        "security/ir.model.access.csv",
        "security/trade_purchase_security.xml",
        "data/trade_deviation_policy_data.xml",
        "data/trade_event_type_data.xml",
        "views/trade_deviation_policy_views.xml",
        "views/trade_route_views.xml",
        "views/trade_purchase_answer_views.xml",
        "views/purchase_order_views.xml",
    ],
    "uninstall_hook": "uninstall_hook",
    "demo": ["demo/trade_purchase_demo.xml"],
    "assets": {
        "web.assets_backend": ["trade_purchase/static/src/**/*"],
    },
}
