{
    "name": "Trading Partners - Portal and Purchase",
    "summary": "Suppliers without systems get orders by e-mail and answer, ship and bill on a page",
    "version": "19.0.1.0.0",
    "author": "Tradelane",
    "license": "LGPL-3",
    "category": "Supply Chain/Trading Partners",
    "depends": ["trade_portal", "trade_purchase", "trade_transport_mail"],
    "data": [
        "data/mail_template_data.xml",
        "views/trade_route_views.xml",
        "views/order_page_templates.xml",
        "views/order_list_templates.xml",
    ],
    "assets": {
        "web.assets_frontend": ["trade_portal_purchase/static/src/scss/order_page.scss"],
    },
    "auto_install": ["trade_portal", "trade_purchase"],
}
