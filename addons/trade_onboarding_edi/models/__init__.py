from . import trade_onboarding_template_route
