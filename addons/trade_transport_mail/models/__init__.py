from . import mail_thread
from . import trade_connector
from . import trade_route
from . import trade_mail
from . import trade_message
