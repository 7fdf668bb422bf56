from . import link
from . import my
from . import preview
