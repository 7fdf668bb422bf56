from . import test_onboarding_link
from . import test_onboarding_forms
from . import test_onboarding_uploads
from . import test_onboarding_access
from . import test_onboarding_my
from . import test_onboarding_bench
