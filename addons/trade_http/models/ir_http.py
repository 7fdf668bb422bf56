from odoo import api, models, tools
from odoo.http import request

from .. import deadlines, hooks, limits, problems
from ..machine import MachineDispatcher
from ..resources import ROOT


class IrHttp(models.AbstractModel):
    """Requests of machines: nothing of what is done for people before and after, and every error is a problem
    detail. See ``machine.py``."""

    _inherit = "ir.http"

    def _register_hook(self):
        super()._register_hook()
        deadlines.guard()

    @classmethod
    def _authenticate(cls, endpoint):
        """The controllers let callers in (``gate.py``). Whoever has no session is nobody already."""
        if not _is_machine() or request.env.uid is not None:
            return super()._authenticate(endpoint)
        request.env.transaction.default_env = request.env
        return None

    @classmethod
    def _pre_dispatch(cls, rule, args):
        if not _is_machine():
            return super()._pre_dispatch(rule, args)
        return request.dispatcher.pre_dispatch(rule, args)

    @classmethod
    def _post_dispatch(cls, response):
        if not _is_machine():
            return super()._post_dispatch(response)
        return request.dispatcher.post_dispatch(response)

    @classmethod
    def _handle_error(cls, exception):
        """Also what Odoo itself refuses is a problem detail, and what has no route."""
        if not request.httprequest.path.startswith((f"{ROOT}/", f"{hooks.ROOT}/")):
            return super()._handle_error(exception)
        return problems.of(exception)

    @api.model
    @tools.ormcache("name", cache="stable")
    def _trade_limit(self, name):
        """One of ``limits.SETTINGS``; read anew when a system parameter changes."""
        return limits.read_setting(self.env, name)


def _is_machine():
    return isinstance(request.dispatcher, MachineDispatcher)
