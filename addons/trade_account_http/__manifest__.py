{
    "name": "Trading Partners - Account in the API",
    "summary": "Partners read their status, the credit they have left and how their invoices stand",
    "version": "19.0.1.0.0",
    "author": "Tradelane",
    "license": "LGPL-3",
    "category": "Supply Chain/Trading Partners",
    "depends": ["trade_account", "trade_http"],
    "auto_install": True,
}
