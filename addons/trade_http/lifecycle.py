"""Which operation is used by whom, and what is going to end (RFC 9745, RFC 8594)."""

from datetime import UTC, datetime
from email.utils import format_datetime

from odoo.http import request
from odoo.tools import str2bool

from . import afterwards, problems
from .problems import Refused
from .resources import DEPRECATED, ROOT, VERSION

#: system parameter: operations past their sunset answer 410
SETTING = "trade_http.end_after_sunset"


def use(visit, operation):
    """Count a use of an operation.

    :return: headers for the answer, which say whether it is deprecated
    :raise Refused: 410, it is past its sunset and the administrator has ended it
    """
    afterwards.count(request.db, "use", (visit.door.client_id, operation, VERSION, datetime.now(UTC).date()))
    deprecation = DEPRECATED.get(operation)
    if deprecation is None:
        return ()
    headers = _headers(operation, deprecation)
    if deprecation.sunset and deprecation.sunset <= datetime.now(UTC):
        if str2bool(request.env["ir.config_parameter"].sudo().get_param(SETTING) or "", False):
            raise Refused(problems.GONE, headers, detail=deprecation.note)
    return headers


def _headers(operation, deprecation):
    page = f"{ROOT}/docs#{operation}"
    headers = [
        ("Deprecation", f"@{int(deprecation.since.timestamp())}"),
        ("Link", f'<{page}>; rel="deprecation"; type="text/html"'),
    ]
    if deprecation.sunset:
        headers += [
            ("Sunset", format_datetime(deprecation.sunset.astimezone(UTC), usegmt=True)),
            ("Link", f'<{page}>; rel="sunset"; type="text/html"'),
        ]
    if deprecation.successor:
        headers.append(("Link", f'<{deprecation.successor}>; rel="successor-version"'))
    return headers


def _write(env, notes):
    env["trade.api.usage"]._add(
        {key: count for key, count in notes.items() if key is not afterwards.OVERFLOW}
    )


afterwards.register("use", _write, every=10)
