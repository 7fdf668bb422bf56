{
    "name": "Trading Partners: SFTP and Folders",
    "summary": "Files to and from SFTP servers and folders: whole, once, archived after they are stored",
    "version": "19.0.1.0.0",
    "author": "Tradelane",
    "license": "LGPL-3",
    "category": "Supply Chain/Trading Partners",
    "depends": ["trade_core"],
    "external_dependencies": {"python": ["paramiko"]},
    "data": [
        "views/trade_connector_views.xml",
        "views/trade_route_views.xml",
    ],
}
