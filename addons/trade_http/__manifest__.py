{
    "name": "Trading Partners: Front Door",
    "summary": "Partners push documents over HTTP: API keys, signatures, idempotency, problem details",
    "version": "19.0.1.0.0",
    "author": "Tradelane",
    "license": "LGPL-3",
    "category": "Supply Chain/Trading Partners",
    "depends": ["trade_core"],
    "external_dependencies": {"python": ["standardwebhooks"]},
    "data": [
        "security/ir.model.access.csv",
        "security/trade_http_security.xml",
        "data/trade_api_scope_data.xml",
        "views/trade_api_secret_views.xml",
        "views/trade_api_client_views.xml",
        "views/trade_partner_views.xml",
        "views/trade_connector_views.xml",
    ],
}
