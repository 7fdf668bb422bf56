from . import test_senders
from . import test_trade_mail
from . import test_sending
