from odoo import api, models

_PREFIX = "trade.certification.cases."


class TradeCertificationCases(models.AbstractModel):
    """What the test bench has to know of a document that a partner sends:
    ``trade.certification.cases.<document type>``, in the addon that knows the business behind it.

    The bench itself knows no document: it sends what is staged here, and checks what comes back.
    """

    _name = "trade.certification.cases"
    _description = "Test Cases of a Document"

    _asks = None  # the type of the document we send

    @api.model
    def _of(self, document_type):
        """The cases of a document; ``None`` when there are none, or nothing reads the document here."""
        name = f"{_PREFIX}{document_type}"
        if name not in self.env or f"trade.adapter.in.{document_type}" not in self.env:
            return None
        return self.env[name]

    @api.model
    def _pairs(self, profile):
        """The pairs of routes of a trading profile for which there are tests: what is sent, and what comes.

        :return: list of ``(route out, route in)``
        """
        routes = self._routes(profile)
        pairs, out = [], routes.filtered(lambda route: route.direction == "out")
        for route in routes.filtered(lambda route: route.direction == "in"):
            cases = self._of(route.document_type)
            asks = cases._asks if cases is not None else None
            asked = out.filtered(lambda one, asks=asks: one.document_type == asks)
            if asked:
                pairs.append((asked[0], route))
        return pairs

    @api.model
    def _routes(self, profile):
        """The routes there are tests for. Extension: leave out those nobody has to test."""
        return profile.route_ids

    @api.model
    def _prepare(self, certification, case):
        """A test from a case of the template.

        :return: ``{"spec": what is ordered, JSON-able; "expected": see trade_kernel.certification.rules}``
        :raise BusinessRefused: there is nothing it can be made of, and what to do
        """
        raise NotImplementedError

    @api.model
    def _from_history(self, certification):
        """Tests made of what was really traded with the partner; always the same ones for the same past.

        :return: list of values of ``trade.certification.test``; ``why`` says why each was chosen
        """
        return []

    @api.model
    def _stage(self, test, number, day):
        """Create and confirm the test order as a real record named ``number``. Only called where everything
        is rolled back; takes no number of a sequence for the record itself.

        :param date day: when it is wanted
        :return: the record, which the adapter of what we send can collect
        """
        raise NotImplementedError

    @api.model
    def _lines_words(self, test):
        """The lines of a test order, for people: list of sentences."""
        return []
