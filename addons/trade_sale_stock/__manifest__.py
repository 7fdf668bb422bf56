{
    "name": "Trading Partners - Sale and Shipments",
    "summary": "Shipments name the customer's order, and the customer who ordered is told",
    "version": "19.0.1.0.0",
    "author": "Tradelane",
    "license": "LGPL-3",
    "category": "Supply Chain/Trading Partners",
    "depends": ["trade_sale", "trade_stock", "sale_stock"],
    "auto_install": True,
}
