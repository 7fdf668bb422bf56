from odoo import http


class Empty(http.Controller):
    @http.route(
        "/trade_bench/empty", type="http", auth="none", csrf=False, readonly=False, save_session=False
    )
    def empty(self):
        """Routed, a transaction opened and closed, nothing done: the same road as intake without its work."""
        return http.Response(b"{}", status=202, headers=[("Content-Type", "application/json")])
