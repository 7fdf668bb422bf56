from . import base_partner_merge
from . import trade_purchase_source
from . import trade_catalogue_accept
