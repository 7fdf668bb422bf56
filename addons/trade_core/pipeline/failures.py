"""Whatever is raised on the road becomes one kind of thing: a TradeError that says what to do."""

import logging
import traceback
from contextlib import contextmanager

from odoo.exceptions import UserError
from psycopg2 import OperationalError

from odoo.addons.trade_kernel.errors import BusinessRefused, InternalError, TradeError

_logger = logging.getLogger(__name__)


def as_trade_error(error):
    """:return: ``error`` itself, what Odoo refused in its own words, or an internal error with its trace"""
    if isinstance(error, TradeError):
        return error
    if isinstance(error, UserError):  # and its kin: ValidationError, AccessError, MissingError
        return BusinessRefused("odoo.refused", reason=str(error))
    _logger.error("unexpected failure in the pipeline", exc_info=error)
    trace = "".join(traceback.format_exception(error)[-4:])
    return InternalError("pipeline.crashed", detail=repr(error), trace=trace, subject=type(error).__name__)


@contextmanager
def aside(env, what, **about):
    """What goes wrong in here is a problem of the exchange, never of the person whose click it is part of;
    everything done in here is taken back then.

    :param str what: what could not be done then, for the log: "queue the order P00012"
    :param about: ``company``, ``trade_partner`` and ``route`` of the problem
    """
    try:
        with env.cr.savepoint():
            yield
    except OperationalError:
        raise
    except Exception as error:
        _logger.exception("could not %s", what)
        env["trade.exception"].sudo()._open(as_trade_error(error), **about)


def quarantine(ready, env, lane, error):
    """Hold the lane's first message, which broke the pipeline itself, so that its neighbours can go on."""
    message = env["trade.message"].browse(ready(env, lane, 1))
    if not message:
        return
    problem = as_trade_error(error)
    message._set_state("held", problem.message)
    message._log("failed", "failed", note=problem.message)
    try:
        with env.cr.savepoint():
            env["trade.exception"]._report([(message, problem)])
    except OperationalError:
        raise
    except Exception:
        # Even a desk that is broken itself must not stop the lane: the message is held and says why.
        _logger.exception("could not report message %s to the desk", message.id)
