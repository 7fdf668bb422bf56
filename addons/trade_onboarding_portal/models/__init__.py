from . import trade_onboarding
from . import trade_onboarding_template
from . import trade_partner
