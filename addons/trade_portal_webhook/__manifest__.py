{
    "name": "Trading Partners - Portal and Webhooks",
    "summary": "Partners look after their own webhooks: failures, test events, new signing secrets",
    "version": "19.0.1.0.0",
    "author": "Tradelane",
    "license": "LGPL-3",
    "category": "Supply Chain/Trading Partners",
    "depends": ["trade_portal", "trade_webhook"],
    "data": ["views/trade_portal_webhook_templates.xml"],
    "auto_install": True,
}
