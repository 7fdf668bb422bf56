{
    "name": "Trading Partners - Stock in the API",
    "summary": "Partners read what is available and follow their shipments",
    "version": "19.0.1.0.0",
    "author": "Tradelane",
    "license": "LGPL-3",
    "category": "Supply Chain/Trading Partners",
    "depends": ["trade_stock", "trade_http"],
    "auto_install": True,
}
