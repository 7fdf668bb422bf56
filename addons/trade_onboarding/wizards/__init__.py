from . import trade_onboarding_reason
