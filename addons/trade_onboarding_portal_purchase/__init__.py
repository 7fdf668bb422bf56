from . import models
from . import kinds
