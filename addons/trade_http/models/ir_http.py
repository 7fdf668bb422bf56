from odoo import models
from odoo.http import request
from werkzeug.exceptions import HTTPException

from .. import problems
from ..resources import VERSION

_BY_STATUS = {
    404: problems.NOT_FOUND,
    405: problems.WRONG_METHOD,
    413: problems.TOO_LARGE,
    415: problems.MEDIA_TYPE_UNKNOWN,
}


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _handle_error(cls, exception):
        """Below ``/trade/v1`` every error is a problem detail, also those Odoo itself raises."""
        if not request.httprequest.path.startswith(f"/trade/{VERSION}/"):
            return super()._handle_error(exception)
        if not isinstance(exception, HTTPException):
            return problems.answer(problems.INTERNAL)
        default = problems.BAD_REQUEST if (exception.code or 500) < 500 else problems.INTERNAL
        return problems.answer(_BY_STATUS.get(exception.code, default))
