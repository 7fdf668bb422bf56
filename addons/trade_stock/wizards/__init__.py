from . import trade_shipment_delivered
