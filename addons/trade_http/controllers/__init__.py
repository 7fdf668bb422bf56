from . import api
from . import read
