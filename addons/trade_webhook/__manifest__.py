{
    "name": "Trading Partners: Webhooks",
    "summary": "Events to partners' addresses: signed, in order, tried again for a day, replayed on demand",
    "version": "19.0.1.0.0",
    "author": "Tradelane",
    "license": "LGPL-3",
    "category": "Supply Chain/Trading Partners",
    "depends": ["trade_core"],
    "data": [
        "security/ir.model.access.csv",
        "wizards/trade_webhook_new_views.xml",
        "wizards/trade_subscription_replay_views.xml",
        "views/trade_subscription_views.xml",
        "views/trade_connector_views.xml",
        "views/trade_exception_views.xml",
        "views/res_config_settings_views.xml",
    ],
}
