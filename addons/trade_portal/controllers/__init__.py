from . import connection
from . import link
