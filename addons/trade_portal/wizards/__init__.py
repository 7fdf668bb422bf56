from . import portal_wizard_user
from . import trade_portal_link_send
