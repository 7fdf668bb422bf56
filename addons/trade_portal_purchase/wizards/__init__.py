from . import trade_connector_new
