from . import test_certification
from . import test_certification_saboteur
from . import test_certification_history
from . import test_certification_case
from . import test_certification_documents
from . import test_certification_reports
from . import test_onboarding_policy
