{
    "name": "Trading Partners - Prices in the API",
    "summary": "Partners read their own prices",
    "version": "19.0.1.0.0",
    "author": "Tradelane",
    "license": "LGPL-3",
    "category": "Supply Chain/Trading Partners",
    "depends": ["trade_sale", "trade_http"],
    "auto_install": True,
}
