from odoo import api, models

from odoo.addons.trade_kernel import certification

_PREFIX = "trade.certification.cases."


class TradeCertificationCases(models.AbstractModel):
    """What the test bench has to know of a document that a partner sends:
    ``trade.certification.cases.<document type>``, in the addon that knows the business behind it. Where the
    document answers several of ours, each further one has a model of its own:
    ``trade.certification.cases.<document type>.<type of ours>``.

    The bench itself knows no document: it sends what is staged here, and checks what comes back.
    """

    _name = "trade.certification.cases"
    _description = "Test Cases of a Document"

    _asks = None  # the type of the document we send; None: it comes without being asked for
    _after = None  # the type of the document that the partner has to have got before, if any

    @api.model
    def _of(self, document_type, asks=None):
        """The cases of a document that answers one of ours, or comes by itself; ``None`` when there are none,
        or nothing reads the document here.

        :param asks: the type of our document; ``None`` or empty: there is none
        """
        if f"trade.adapter.in.{document_type}" not in self.env:
            return None
        for name in (f"{_PREFIX}{document_type}", f"{_PREFIX}{document_type}.{asks}"):
            if name in self.env and self.env[name]._asks == (asks or None):
                return self.env[name]
        return None

    @api.model
    def _pairs(self, profile):
        """The pairs of routes of a trading profile for which there are tests: what is sent, and what comes.

        :return: list of ``(route out, route in)``; the first is empty for what comes without being asked for
        """
        out, pairs = self._routes_out(profile), []
        for route in self._routes(profile).filtered(lambda route: route.direction == "in"):
            for asked in (self.env["trade.route"], *out.values()):
                cases = self._of(route.document_type, asked.document_type)
                if cases is not None and cases._after in (None, *out):
                    pairs.append((asked, route))
        return pairs

    @api.model
    def _routes_out(self, profile):
        """``{document type: the route by which we send such documents in tests}``"""
        out = self._routes(profile).filtered(lambda route: route.direction == "out")
        return {document_type: routes[:1] for document_type, routes in out.grouped("document_type").items()}

    @api.model
    def _route_before(self, test):
        """The route of the document that the partner gets before the one it answers; empty without any."""
        return self._routes_out(test.trade_partner_id).get(self._after) or self.env["trade.route"]

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
    def _go_on(self, test, record):
        """What happens to the staged record after the partner has got it, where ``_after`` says so: it is
        what the test is about."""
        raise NotImplementedError

    @api.model
    def _revision(self, record):
        """The revision of a staged record."""
        return 0

    @api.model
    def _describe(self, test, record, document=None):
        """What answers are compared with: what was sent, unless that does not say all, or nothing is sent.

        :param document: that was sent
        """
        if document is None:
            raise NotImplementedError
        return document

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
    def _aside(self, test, document):
        """What is to be said of a document that comes for the test and is no answer to it yet.

        :return: a finding, or ``None``: it is to be checked
        """
        return None

    @api.model
    def _is_about(self, test, document):
        """Whether an answer can be tried out with the test; one about other orders cannot."""
        return set(document.threads) == {test.number}

    @api.model
    def _intro(self):
        """What holds for all tests of these cases, in words; empty where nothing is to be said."""
        return ""

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
    def _name_of(self, test):
        """What a test made of the past is called in the reader's language; ``None``: as it was then."""
        return None

    @api.model
    def _lines_words(self, test):
        """The lines of a test order, for people: list of sentences."""
        return []
