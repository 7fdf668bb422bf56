"""Requests of machines: routes of ``type="machine"`` take the short way through Odoo.

Languages, forms, sessions, cookies and CSRF tokens are for people in browsers. A machine proves who it is
with every request, so nothing of a session counts for it and none is kept: that would cost a sixth of the
request and be one more thing to attack.
"""

from odoo.http import Dispatcher

from . import deadlines, limits, problems

#: the options of a machine's route; add ``readonly`` where nothing is written
ROUTE = {"type": "machine", "auth": "none", "readonly": False}


class MachineDispatcher(Dispatcher):
    """Calls the controller with what stands in the path; query and body are its own to read. Nobody else
    touches the body: signatures are over the bytes as they came."""

    routing_type = "machine"
    mimetypes = ("*/*",)

    @classmethod
    def is_compatible_with(cls, request):
        return True

    def pre_dispatch(self, rule, args):
        """Nothing to prepare: no language, no session, no CORS (keys belong to a server, never to a page)."""
        self.request.session.can_save = False

    def dispatch(self, endpoint, args):
        """:return: the controller's :class:`werkzeug.wrappers.Response`"""
        self.request.params = args
        # Past http.route's wrapper, which looks up with each call which parameters the controller knows.
        return endpoint.original_endpoint(endpoint.func.__self__, **args)

    def post_dispatch(self, response):
        """No session is saved and no cookie set."""
        response.headers["X-Content-Type-Options"] = "nosniff"
        deadlines.answer_within(limits.setting(self.request.env, "trade_http.body_seconds"))

    def handle_error(self, exc):
        return problems.of(exc)
