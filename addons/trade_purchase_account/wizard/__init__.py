from . import trade_bill_dispute
