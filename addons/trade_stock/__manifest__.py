{
    "name": "Trading Partners - Stock",
    "summary": "Partners and systems are told what is available, what was dispatched and what was delivered",
    "version": "19.0.1.0.0",
    "author": "Tradelane",
    "license": "LGPL-3",
    "category": "Supply Chain/Trading Partners",
    "depends": ["trade_core", "stock"],
    "data": [
        "security/ir.model.access.csv",
        "data/trade_event_type_data.xml",
        "wizards/trade_shipment_delivered_views.xml",
        "views/stock_picking_views.xml",
    ],
}
