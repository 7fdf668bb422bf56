from . import errors
from . import models
