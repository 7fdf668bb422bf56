from . import connection
from . import system
