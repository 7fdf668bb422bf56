from . import models
from . import reads
