from . import (
    trade_onboarding_template,
    trade_onboarding_template_step,
    trade_onboarding_move,
    trade_onboarding_effect,
    trade_onboarding,
    trade_onboarding_view,
    trade_onboarding_step,
    trade_onboarding_step_form,
    trade_onboarding_clock,
    trade_onboarding_reminder,
    trade_onboarding_step_view,
    trade_partner,
)
