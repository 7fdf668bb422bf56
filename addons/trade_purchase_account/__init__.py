from . import errors
from . import models
from . import wizard
