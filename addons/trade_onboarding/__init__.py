from . import errors  # noqa: F401 - registers the sentences
from . import kinds, models, reports, wizards  # noqa: F401
