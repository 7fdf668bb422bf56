{
    "name": "Trading Partners - Invoicing",
    "summary": "Suppliers are told what a payment is for, partners and systems of invoices and payments",
    "version": "19.0.1.0.0",
    "author": "Tradelane",
    "license": "LGPL-3",
    "category": "Supply Chain/Trading Partners",
    "depends": ["trade_core", "account"],
    "data": [
        "data/trade_event_type_data.xml",
        "views/account_payment_views.xml",
    ],
}
