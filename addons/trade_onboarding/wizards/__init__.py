from . import trade_onboarding_reason
from . import trade_certification_upload
from . import trade_onboarding_template_save
