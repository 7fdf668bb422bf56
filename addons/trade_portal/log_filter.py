"""Links must not be read out of Odoo's own log: whoever reads the log could use them.

A reverse proxy in front writes a log of its own; ``docs/portal.md`` says how to keep links out of that one.
"""

import logging
import re

_LINK = re.compile(r"(/trade/link/)[A-Za-z0-9]{20,}")
_LOGGER = "werkzeug"  # writes a line for each request, with its address


class HideLinks(logging.Filter):
    """Takes the links out of what is logged; never keeps a line back."""

    def filter(self, record):
        if isinstance(record.msg, str):
            record.msg = hide(record.msg)
        if isinstance(record.args, tuple):
            record.args = tuple(hide(arg) if isinstance(arg, str) else arg for arg in record.args)
        return True


def hide(text):
    """The text without links."""
    return _LINK.sub(r"\1…", text)


def install():
    """Watch the log of requests; done once in a process."""
    logger = logging.getLogger(_LOGGER)
    if not any(isinstance(known, HideLinks) for known in logger.filters):
        logger.addFilter(HideLinks())
