from . import errors
from . import events
from . import models
from . import wizards
