{
    "name": "Trading Partners - Invoicing",
    "summary": "Suppliers are told what a payment is for, their statements are compared with our books",
    "version": "19.0.1.0.0",
    "author": "Tradelane",
    "license": "LGPL-3",
    "category": "Supply Chain/Trading Partners",
    "depends": ["trade_core", "account"],
    "data": [
        "data/ir_cron_data.xml",
        "data/trade_event_type_data.xml",
        "security/ir.model.access.csv",
        "security/trade_account_security.xml",
        "views/account_payment_views.xml",
        "wizards/trade_statement_explain_views.xml",
        "views/trade_statement_line_views.xml",
        "views/trade_statement_views.xml",
    ],
}
