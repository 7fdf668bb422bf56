from . import account_move
from . import account_move_told
from . import account_partial_reconcile
from . import account_payment
from . import account_payment_exchange
from . import account_payment_remittance
from . import trade_adapter_remittance_advice
from . import trade_message
