from . import events
from . import models
