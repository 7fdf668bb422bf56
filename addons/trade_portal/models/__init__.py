from . import res_partner
from . import res_config_settings
from . import res_users
from . import trade_api_client
from . import trade_message
from . import trade_partner
from . import trade_portal_link
