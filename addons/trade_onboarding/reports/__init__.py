from . import trade_onboarding_funnel, trade_onboarding_time
