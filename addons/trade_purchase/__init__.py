from . import errors
from . import events
from . import models
from . import wizards


def uninstall_hook(env):
    """The table goes with the addon, the function that guards it does not go by itself."""
    env.cr.execute("DROP FUNCTION IF EXISTS trade_promise_keep CASCADE")
