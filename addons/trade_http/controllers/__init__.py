from . import api
from . import read
from . import hooks
from . import docs
