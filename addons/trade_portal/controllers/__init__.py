from . import connection
from . import home
from . import keys
from . import link
