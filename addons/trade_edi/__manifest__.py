{
    "name": "Trading Partners: EDI",
    "summary": "EDIFACT and X12 with partners and networks: ids, control numbers, acknowledgements",
    "version": "19.0.1.0.0",
    "author": "Tradelane",
    "license": "LGPL-3",
    "category": "Supply Chain/Trading Partners",
    "depends": ["trade_core"],
    "data": [
        "security/ir.model.access.csv",
        "security/trade_edi_security.xml",
        "views/trade_route_views.xml",
        "views/trade_control_number_views.xml",
        "views/trade_layout_version_views.xml",
        "views/trade_layout_views.xml",
        "views/res_config_settings_views.xml",
        "wizards/trade_file_sender_views.xml",
    ],
}
