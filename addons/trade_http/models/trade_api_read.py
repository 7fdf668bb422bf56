from odoo import api, models


class TradeApiRead(models.AbstractModel):
    """What answers ``GET /trade/v1/<name>``: inherit it as ``trade.api.read.<name>``, see ``resources.Read``.

    Its methods run as superuser in the company of the caller, so they must ask for the caller's own: by
    ``door.trade_partner_id`` and ``door.company_id``, always. What an internal system may see
    (``door.internal``) is all of the company.
    """

    _name = "trade.api.read"
    _description = "What the API Reads"

    @api.model
    def _page(self, door, params, after, limit):
        """One page.

        :param door: who asks, see ``trade_http/door.py``
        :param params: an instance of the read's parameters
        :param after: where to go on (text of your own, at most 200 bytes, never secret); ``None``: begin
        :param int limit: how many items at most
        :return: ``(items, after)``: items as dicts that fit the read's ``item``, or instances of it; and
            where the list goes on, ``None`` at its end (of a feed: where its reader stands, also at the end)
        :raise ~odoo.addons.trade_http.parameters.ParameterErrors: when parameters cannot be
        """
        raise NotImplementedError

    @api.model
    def _one(self, door, key):
        """One element by its key, or ``None`` when this caller has no such; for ``kind="one"`` without a key.

        What others have must be answered exactly like what nobody has.
        """
        raise NotImplementedError

    # -- how the controller asks -----------------------------------------------------------------

    @api.model
    def _read_page(self, read, door, params, after, limit, peek=False):
        """:param read: the ``resources.Read``, for models that serve several
        :param bool peek: only look (``HEAD``): nothing counts as delivered
        """
        return self._page(door, params, after, limit)

    @api.model
    def _read_one(self, read, door, key, peek=False):
        return self._one(door, key)
