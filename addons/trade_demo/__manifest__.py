{
    "name": "Trading Partners: Demo",
    "summary": "Simulated suppliers and a scenario that onboards one and trades with them",
    "version": "19.0.1.0.0",
    "author": "Tradelane",
    "license": "LGPL-3",
    "category": "Supply Chain/Trading Partners",
    "depends": ["trade_purchase_stock", "trade_purchase_account", "trade_http", "trade_onboarding"],
    "external_dependencies": {"python": ["requests", "standardwebhooks"]},
    "data": [
        "data/res.partner.csv",
        "data/product.product.csv",
        "data/product.supplierinfo.csv",
        "data/res_users_data.xml",
        "data/trade_deviation_policy_data.xml",
        "data/trade_partner_data.xml",
        "data/trade.route.csv",
    ],
}
