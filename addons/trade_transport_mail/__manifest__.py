{
    "name": "Trading Partners: Mail",
    "summary": "Documents in the attachments of mails from senders that were checked; documents sent by mail",
    "version": "19.0.1.0.0",
    "author": "Tradelane",
    "license": "LGPL-3",
    "category": "Supply Chain/Trading Partners",
    "depends": ["trade_core"],
    "data": [
        "security/ir.model.access.csv",
        "security/trade_mail_security.xml",
        "views/trade_mail_views.xml",
        "views/trade_connector_views.xml",
        "views/trade_route_views.xml",
    ],
}
