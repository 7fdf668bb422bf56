from . import errors
from . import controllers
from . import models
from . import wizards


def _guard_headers():
    from .deadlines import guard_headers  # noqa: PLC0415 - Odoo calls this when the server loads the addon

    guard_headers()
