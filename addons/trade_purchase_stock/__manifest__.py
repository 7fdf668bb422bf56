{
    "name": "Trading Partners - Purchase and Receipts",
    "summary": "Receipts follow what suppliers promise; orders say which warehouse they are for",
    "version": "19.0.1.0.0",
    "author": "Tradelane",
    "license": "LGPL-3",
    "category": "Supply Chain/Trading Partners",
    "depends": ["trade_purchase", "purchase_stock"],
    "data": ["data/trade_event_type_data.xml"],
    "auto_install": True,
}
