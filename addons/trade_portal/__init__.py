from . import log_filter
from . import cards
from . import connection
from . import purposes
from . import errors
from . import tokens
from . import words
from . import pages
from . import models
from . import controllers
from . import wizards

log_filter.install()
