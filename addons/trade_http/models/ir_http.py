from odoo import models
from odoo.http import request
from werkzeug.exceptions import HTTPException

from .. import hooks, problems
from ..resources import ROOT

_BY_STATUS = {
    404: problems.NOT_FOUND,
    405: problems.WRONG_METHOD,
    413: problems.TOO_LARGE,
    415: problems.MEDIA_TYPE_UNKNOWN,
}


class IrHttp(models.AbstractModel):
    """Requests of machines: no language, no cookies, no pages; and every error is a problem detail."""

    _inherit = "ir.http"

    @classmethod
    def _pre_dispatch(cls, rule, args):
        """Languages, debug modes and sign-up tokens are for people; leaving them out saves a tenth."""
        if not _is_ours():
            return super()._pre_dispatch(rule, args)
        request.dispatcher.pre_dispatch(rule, args)
        if _is_hook():
            # Before Odoo parses a form: signatures are over the bytes as they came.
            request.httprequest.get_data(parse_form_data=False)

    @classmethod
    def _post_dispatch(cls, response):
        """No tracking cookies for machines either."""
        if not _is_ours():
            return super()._post_dispatch(response)
        return request.dispatcher.post_dispatch(response)

    @classmethod
    def _handle_error(cls, exception):
        """Also what Odoo itself refuses is a problem detail."""
        if not _is_ours():
            return super()._handle_error(exception)
        if not isinstance(exception, HTTPException):
            return problems.answer(problems.INTERNAL)
        default = problems.BAD_REQUEST if (exception.code or 500) < 500 else problems.INTERNAL
        return problems.answer(_BY_STATUS.get(exception.code, default))


def _is_ours():
    return request.httprequest.path.startswith(f"{ROOT}/") or _is_hook()


def _is_hook():
    return request.httprequest.path.startswith(f"{hooks.ROOT}/")
