{
    "name": "Trading Partners - Sale",
    "summary": "Customers and systems are told of sales orders and of prices that change",
    "version": "19.0.1.0.0",
    "author": "Tradelane",
    "license": "LGPL-3",
    "category": "Supply Chain/Trading Partners",
    "depends": ["trade_core", "sale"],
    "data": ["data/trade_event_type_data.xml"],
}
