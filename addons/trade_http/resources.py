"""What the API offers, in one place: the controllers, the description (OpenAPI) and the pages read it here.

An addon that brings a document type or something to read registers it when it is imported:

* :func:`register`: documents the partner sends, ``POST /trade/v1/<collection>``
* :func:`register_documents_out`: documents we send, ``GET /trade/v1/<collection>`` and ``…/<number>``
* :func:`register_read`: anything else to read
* :func:`deprecate`: an operation that is going to end
"""

import re
from dataclasses import dataclass, replace
from datetime import datetime

from pydantic import BaseModel

from .items import CloudEvent, sent_document
from .parameters import DocumentParams, EventParams, PageParams, Params

VERSION = "v1"
ROOT = f"/trade/{VERSION}"
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_TAKEN = ("documents", "messages", "docs")


@dataclass(frozen=True, slots=True)
class Intake:
    """Documents partners send us.

    :ivar document_type: of the route, one of the canonical documents
    :ivar scope: what a client needs to send them
    """

    collection: str
    document_type: str
    scope: str

    @property
    def operation(self):
        return f"post_{_underscored(self.collection)}"


@dataclass(frozen=True, slots=True)
class Read:
    """Something partners read.

    It is answered by an Odoo model that inherits ``trade.api.read`` (see there) and is called
    ``trade.api.read.<name>``, dashes as underscores. Where that model is missing, because its addon is not
    installed in this database, the address is, too.

    :ivar name: the address: ``GET /trade/v1/<name>``
    :ivar title: for people, such as ``Stock available to you``
    :ivar summary: one or two sentences for the partner's developer
    :ivar item: the class of one element
    :ivar params: the class of the query parameters; :class:`~.parameters.PageParams` and more for lists
    :ivar kind: ``list`` (pages of items) or ``one`` (the item itself, no pages)
    :ivar key: what names one element (``number``, ``sku``), when ``GET /trade/v1/<name>/<key>`` answers it
    :ivar feed: the list goes on: what is new comes at its end, and ``next`` is always where to go on
    :ivar wait: an empty page may wait for something new (``?wait=``)
    :ivar model: the Odoo model, when it is called otherwise
    :ivar document_types: for documents we send
    """

    name: str
    title: str
    summary: str
    scope: str
    item: type[BaseModel]
    params: type[Params] = PageParams
    kind: str = "list"
    key: str | None = None
    feed: bool = False
    wait: bool = False
    model: str = ""
    document_types: tuple[str, ...] = ()

    @property
    def model_name(self):
        return self.model or f"trade.api.read.{_underscored(self.name)}"

    @property
    def operation(self):
        """The operation that answers ``GET /trade/v1/<name>``."""
        return f"{'list' if self.kind == 'list' else 'get'}_{_underscored(self.name)}"

    @property
    def one_operation(self):
        """The operation that answers ``GET /trade/v1/<name>/<key>``."""
        return f"get_{_underscored(self.name)}_by_{self.key}"


@dataclass(frozen=True, slots=True)
class Deprecation:
    """An operation that should not be used any more.

    :ivar since: when it became so, aware
    :ivar sunset: from when on it may be gone, aware, or ``None`` while that is open
    :ivar successor: the address to use instead, or ``None``
    :ivar note: one sentence for the partner's developer: what to do
    """

    since: datetime
    sunset: datetime | None
    successor: str | None
    note: str


#: collection in the address → document type of the route
COLLECTIONS: dict[str, str] = {}
#: collection in the address → documents in
INTAKES: dict[str, Intake] = {}
#: name in the address → something to read
READS: dict[str, Read] = {}
#: operation → why and until when
DEPRECATED: dict[str, Deprecation] = {}


def register(collection: str, document_type: str, scope: str) -> Intake:
    """Accept documents of ``document_type`` at ``POST /trade/v1/<collection>``.

    :raise ValueError: the name is malformed or means something else already
    """
    intake = Intake(_named(collection), document_type, scope)
    if INTAKES.setdefault(collection, intake) != intake:
        raise ValueError(f"{ROOT}/{collection} is for {COLLECTIONS[collection]} already.")
    COLLECTIONS[collection] = document_type
    return intake


def register_documents_out(
    collection: str, document_type: str, scope: str, *, title: str, summary: str
) -> Read:
    """Let partners read the documents of ``document_type`` we send them.

    :raise ValueError: the name is malformed or means something else already
    """
    return register_read(
        Read(
            name=collection,
            title=title,
            summary=summary,
            scope=scope,
            item=sent_document(document_type),
            params=DocumentParams,
            key="number",
            feed=True,
            model="trade.api.read.documents",
            document_types=(document_type,),
        )
    )


def register_read(read: Read) -> Read:
    """Answer ``GET /trade/v1/<name>``.

    :raise ValueError: the name is malformed or means something else already, or the parameters of a list have
        no pages
    """
    if read.kind == "list" and not issubclass(read.params, PageParams):
        raise ValueError(f"The parameters of {ROOT}/{read.name} must be PageParams and more: it is a list.")
    if read.kind == "one" and issubclass(read.params, PageParams):
        read = replace(read, params=Params)  # there are no pages of one
    if READS.setdefault(_named(read.name), read) != read:
        raise ValueError(f"{ROOT}/{read.name} is something else already.")
    return read


def deprecate(
    operation: str,
    since: datetime,
    sunset: datetime | None = None,
    successor: str | None = None,
    note: str = "",
) -> None:
    """Declare that an operation should not be used any more (RFC 9745, RFC 8594).

    Its answers say so in their headers, the description marks it, and *API use* shows who still calls it. It
    goes on working after ``sunset``, until an administrator switches *End what is past its sunset* on.

    :param operation: as the description calls it (``operationId``), such as ``list_orders``
    :param since: aware
    :param sunset: aware
    :raise ValueError: an instant has no offset, or the end comes before the beginning
    """
    if any(moment is not None and moment.utcoffset() is None for moment in (since, sunset)):
        raise ValueError("Deprecation and sunset need an offset from UTC.")
    if sunset and sunset < since:
        raise ValueError("The sunset comes before the deprecation (RFC 9745, section 4).")
    DEPRECATED[operation] = Deprecation(since, sunset, successor, note)


def _named(name):
    if not _NAME.fullmatch(name) or name in _TAKEN:
        raise ValueError(f"{name} is no name for an address, or it is one of {', '.join(_TAKEN)}.")
    return name


def _underscored(name):
    return name.replace("-", "_")


register("order-responses", "order_response", "orders:respond")
register("despatch-advices", "despatch_advice", "despatch:write")
register("shipment-statuses", "shipment_status", "shipments:write")
register("inventory-reports", "inventory_report", "inventory:write")
register("price-catalogues", "price_catalogue", "prices:write")
register("invoices", "invoice", "invoices:write")
register("credit-notes", "credit_note", "invoices:write")
register("party-updates", "party_update", "account:write")
register_documents_out(
    "orders",
    "order",
    "orders:read",
    title="Our orders to you",
    summary="The purchase orders we sent you, or hold ready for you to fetch, each with its revisions. "
    "Reading an order that waits to be fetched counts as its delivery.",
)
register_read(
    Read(
        name="events",
        title="What happened",
        summary="The business events that concern you, in the order in which they happened, each once. Keep "
        "`next` and go on there.",
        scope="events:read",
        item=CloudEvent,
        params=EventParams,
        feed=True,
        wait=True,
    )
)
