from . import test_onboarding_case, test_onboarding_effects, test_onboarding_template
