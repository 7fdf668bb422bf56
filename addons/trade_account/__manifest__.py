{
    "name": "Trading Partners - Invoicing",
    "summary": "Partners and systems are told of invoices that are posted and of payments",
    "version": "19.0.1.0.0",
    "author": "Tradelane",
    "license": "LGPL-3",
    "category": "Supply Chain/Trading Partners",
    "depends": ["trade_core", "account"],
    "data": ["data/trade_event_type_data.xml"],
}
