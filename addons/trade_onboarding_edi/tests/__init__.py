from . import test_onboarding_edi
