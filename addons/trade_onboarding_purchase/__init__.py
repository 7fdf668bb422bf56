from . import errors  # noqa: F401 - registers the sentences
from . import models
