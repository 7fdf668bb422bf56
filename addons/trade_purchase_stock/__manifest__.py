{
    "name": "Trading Partners - Purchase and Receipts",
    "summary": "Receipts follow what suppliers promise; what suppliers have in stock is seen where you buy",
    "version": "19.0.1.0.0",
    "author": "Tradelane",
    "license": "LGPL-3",
    "category": "Supply Chain/Trading Partners",
    "depends": ["trade_purchase", "purchase_stock"],
    "data": [
        "security/ir.model.access.csv",
        "security/trade_purchase_stock_security.xml",
        "data/ir_cron_data.xml",
        "data/trade_event_type_data.xml",
        "views/trade_supplier_stock_views.xml",
        "views/supply_views.xml",
    ],
    "auto_install": True,
}
