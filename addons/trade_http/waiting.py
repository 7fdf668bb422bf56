"""Requests that wait for something: few at a time, so that those who do the work are never kept from it.

A waiting request occupies a worker. Who waits first takes one of a few slots, which all workers share:
advisory locks of PostgreSQL, which end with the connection when a worker is killed. When none is free, nobody
waits.
"""

import time
from contextlib import contextmanager

from odoo.tools import SQL, config

from . import intake

_SPACE = 0x7472  # the first of the lock's two numbers: ours
_FIRST_PAUSE, _LONGEST_PAUSE = 0.02, 0.25  # seconds between two looks
_THREADED = 4  # slots where requests are threads, which cost little
BUSY = ("Trade-Wait", "busy")
#: system parameter: how many requests may wait at a time; empty: by the number of workers
SETTING = "trade_http.wait_slots"
MOST = 1_000


def slots(env):
    """How many requests may wait at a time in this database: of four workers one, of two one, of one none,
    because it has to run the jobs that are waited for."""
    setting = (env["ir.config_parameter"].sudo().get_param(SETTING) or "").strip()
    if setting.isascii() and setting.isdecimal():
        return min(int(setting), MOST)
    workers = config["workers"]
    return max(workers // 4, workers > 1) if workers else _THREADED


def until(look, seconds):
    """Look again and again until there is something.

    :param look: called with an environment in which every statement is a transaction of its own; returns
        something true when the waiting is over
    :return: ``(found, waited)``; ``waited`` is false when no slot was free
    """
    with intake.statement_by_statement() as env:
        found = look(env)
        if found or not seconds:
            return found, True
        with _slot(env) as free:
            if not free:
                return found, False
            deadline, pause = time.monotonic() + seconds, _FIRST_PAUSE
            while not found and (left := deadline - time.monotonic()) > 0:
                time.sleep(min(pause, left))
                pause = min(pause * 1.5, _LONGEST_PAUSE)
                found = look(env)
            return found, True


@contextmanager
def _slot(env):
    mine = next((number for number in range(slots(env)) if _lock(env, "pg_try_advisory_lock", number)), None)
    try:
        yield mine is not None
    finally:
        if mine is not None:
            _lock(env, "pg_advisory_unlock", mine)


def _lock(env, function, number):
    [(done,)] = env.execute_query(SQL("SELECT %s(%s, %s)", SQL(function), _SPACE, number))
    return done
