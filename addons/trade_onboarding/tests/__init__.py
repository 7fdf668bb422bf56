from . import (
    test_onboarding_batch,
    test_onboarding_case,
    test_onboarding_clock,
    test_onboarding_concurrency,
    test_onboarding_connection,
    test_onboarding_effects,
    test_onboarding_kinds,
    test_onboarding_reminder,
    test_onboarding_report,
    test_onboarding_scope,
    test_onboarding_template,
)
