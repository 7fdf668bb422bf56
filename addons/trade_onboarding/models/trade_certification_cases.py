from odoo import api, models

from odoo.addons.trade_kernel import certification

_PREFIX = "trade.certification.cases."


class TradeCertificationCases(models.AbstractModel):
    """What the test bench has to know of a document that a partner sends:
    ``trade.certification.cases.<document type>``, in the addon that knows the business behind it.

    The bench itself knows no document: it sends what is staged here, and checks what comes back.
    """

    _name = "trade.certification.cases"
    _description = "Test Cases of a Document"

    _asks = None  # the type of the document we send; None: it comes without being asked for

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

        :return: list of ``(route out, route in)``; the first is empty for what comes without being asked for
        """
        routes, pairs = self._routes(profile), []
        out = routes.filtered(lambda route: route.direction == "out")
        for route in routes.filtered(lambda route: route.direction == "in"):
            cases = self._of(route.document_type)
            if cases is None:
                continue
            asked = out.filtered(lambda one, asks=cases._asks: one.document_type == asks)
            if asked or not cases._asks:
                pairs.append((asked[:1], route))
        return pairs

    @api.model
    def _routes(self, profile):
        """The routes there are tests for. Extension: leave out those nobody has to test."""
        return profile.route_ids

    @api.model
    def _untested(self, profile):
        """The kinds of documents the partner sends for which there are no tests, as people call them."""
        tested = {route.document_type for _out, route in self._pairs(profile)}
        names = dict(self.env["trade.route"]._selection_document_type())
        sent = self._routes(profile).filtered(lambda route: route.direction == "in").mapped("document_type")
        return sorted({names[kind] for kind in sent if kind not in tested})

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
        :return: the record, which the adapter of what we send can collect, or :meth:`_describe` describes
        """
        raise NotImplementedError

    @api.model
    def _describe(self, test, record):
        """What answers are compared with where nothing is sent: a document about a staged record."""
        raise NotImplementedError

    @api.model
    def _findings(self, test, document):
        """What is right and wrong about an answer: its references and what it says.

        :return: list of :class:`~odoo.addons.trade_kernel.certification.Finding`
        """
        asked = test._asked_document()
        return [
            *certification.references(asked, document),
            *certification.rules(asked, document, test.expected or {}),
        ]

    @api.model
    def _is_about(self, test, document):
        """Whether an answer can be tried out with the test; one about other orders cannot."""
        return set(document.threads) == {test.number}

    @api.model
    def _words(self, test):
        """What the partner shall do, in words."""
        _, expected = self.env._, test.expected or {}
        line, price, what = expected.get("line"), expected.get("price"), expected.get("what")
        if test.kind == "changed" and what == "price" and price:
            return _(
                "Answer line %(line)s with the price %(price)s; all else as ordered.", line=line, price=price
            )
        if test.kind == "changed" and what == "price":
            return _("Answer line %s with another price; all else as ordered.", line)
        if test.kind == "changed" and what == "day":
            return _("Promise line %s for a later day than wanted; all else as ordered.", line)
        if test.kind == "changed":
            return _("Answer line %s with another quantity; all else as ordered.", line)
        return {
            "accepted": _("Answer that everything is as ordered."),
            "partial": _(
                "Line %s comes short: less than ordered, but more than nothing; all else as ordered.", line
            ),
            "rejected": _("Reject the whole order."),
            "malformed": _(
                "Send a file about this order that is broken on purpose, for example cut off in the middle."
                " The test is passed when it is refused for that."
            ),
            "duplicate": _("Answer that everything is as ordered, and send exactly the same file twice."),
        }[test.kind]

    @api.model
    def _lines_words(self, test):
        """The lines of a test order, for people: list of sentences."""
        return []
