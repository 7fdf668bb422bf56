{
    "name": "Trading Partners: Portal",
    "summary": "Partners' own pages: links without a login, things to do, documents, keys, connection",
    "version": "19.0.1.0.0",
    "author": "Tradelane",
    "license": "LGPL-3",
    "category": "Supply Chain/Trading Partners",
    "depends": ["trade_core", "trade_http", "portal"],
    "data": [
        "security/ir.model.access.csv",
        "security/trade_portal_security.xml",
        "views/trade_portal_layout_templates.xml",
        "views/trade_portal_link_templates.xml",
        "views/trade_portal_connection_templates.xml",
        "views/trade_portal_home_templates.xml",
        "views/trade_portal_keys_templates.xml",
        "views/res_config_settings_views.xml",
        "views/trade_portal_link_views.xml",
    ],
    "assets": {
        "web.assets_frontend": ["trade_portal/static/src/scss/trade_portal.scss"],
    },
}
