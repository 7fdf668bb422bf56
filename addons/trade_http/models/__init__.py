from . import trade_api_client
from . import trade_api_key
from . import trade_api_secret
from . import trade_partner
from . import trade_credential
from . import trade_route
from . import ir_http
