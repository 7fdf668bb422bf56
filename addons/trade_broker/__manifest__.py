{
    "name": "Trading Partners: Message Brokers",
    "summary": "Events to RabbitMQ, Redis and others, confirmed and in order; messages from their queues",
    "version": "19.0.1.0.0",
    "author": "Tradelane",
    "license": "LGPL-3",
    "category": "Supply Chain/Trading Partners",
    "depends": ["trade_core"],
    "external_dependencies": {"python": ["kombu", "amqp", "redis"]},
    "data": [
        "views/trade_connector_views.xml",
        "views/trade_route_views.xml",
        "views/trade_subscription_views.xml",
    ],
}
