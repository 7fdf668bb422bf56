from . import trade_onboarding
from . import trade_certification_cases
from . import trade_partner
