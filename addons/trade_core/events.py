"""The business events this addon announces; see ``docs/events.md``."""

from pydantic import AwareDatetime, Field

from odoo.addons.trade_kernel.events import DecimalText, EventData, EventType, register

PARTNER_ACTIVATED = "tradelane.partner.activated.v1"
PARTNER_SUSPENDED = "tradelane.partner.suspended.v1"
PARTNER_ENDED = "tradelane.partner.ended.v1"
EXCEPTION_OPENED = "tradelane.exception.opened.v1"
EXCEPTION_RESOLVED = "tradelane.exception.resolved.v1"
SUBSCRIPTION_TESTED = "tradelane.subscription.tested.v1"


class PartyIdentifier(EventData):
    """A number by which a partner is known in documents."""

    scheme: str = Field(examples=["gln"])
    value: str = Field(examples=["4012345000009"])


class PartnerData(EventData):
    """The trading profile as it is from now on."""

    name: str = Field(examples=["Wood Corner"])
    state: str = Field(description="draft, live, suspended or closed", examples=["live"])
    roles: tuple[str, ...] = Field(
        description="what it is to us: supplier, customer, logistics, marketplace", examples=[["supplier"]]
    )
    identifiers: tuple[PartyIdentifier, ...] = ()


class ProblemData(EventData):
    """A problem as it stands when it opens."""

    number: int = Field(description="the problem's number in Odoo", examples=[42])
    title: str = Field(examples=["The product 4711 is not known."])
    kind: str = Field(description="the class of the problem", examples=["mapping"])
    code: str = Field(examples=["product.unknown"])
    about: str | None = Field(None, description="the thing whose fix heals it", examples=["seller:4711"])
    remedy: str | None = Field(None, examples=["Choose the product, then replay."])
    severity: str = Field(description="low, normal, high or urgent", examples=["normal"])
    partner: str | None = Field(None, examples=["Wood Corner"])
    owner: str | None = Field(None, examples=["Marc Demo"])
    due: AwareDatetime | None = Field(None, examples=["2026-03-02T16:00:00+00:00"])


class ProblemResolvedData(ProblemData):
    """A problem as it stands when it closes."""

    outcome: str = Field(description="resolved or ignored", examples=["resolved"])
    resolution: str | None = Field(None, examples=["4 documents applied, 0 left."])
    closed_by: str | None = Field(None, description="nobody: it ended by itself", examples=["Marc Demo"])
    times_seen: int = Field(examples=[4])
    value_at_stake: DecimalText = Field(description="what still waited for it", examples=["0.00"])
    currency: str = Field(examples=["EUR"])


class TestData(EventData):
    """A greeting."""

    message: str = Field(examples=["This is a test of the subscription Orders to the warehouse."])


register(
    EventType(
        PARTNER_ACTIVATED,
        title="Partner activated",
        summary="A trading partner went live, for the first time or again: documents travel from now on.",
        model="trade.partner",
        data=PartnerData,
        scope="events:read",
    )
)
register(
    EventType(
        PARTNER_SUSPENDED,
        title="Partner suspended",
        summary="Trading with a partner that was live has stopped: documents wait until it is live again.",
        model="trade.partner",
        data=PartnerData,
        scope="events:read",
    )
)
register(
    EventType(
        PARTNER_ENDED,
        title="Partner ended",
        summary="Trading with a partner has ended for good: its keys are revoked, its routes stopped.",
        model="trade.partner",
        data=PartnerData,
        scope="events:read",
    )
)
register(
    EventType(
        EXCEPTION_OPENED,
        title="Problem opened",
        summary="Something needs a person: a problem was opened, or one that was closed came again.",
        model="trade.exception",
        data=ProblemData,
        scope="events:read",
        audience="internal",
    )
)
register(
    EventType(
        EXCEPTION_RESOLVED,
        title="Problem closed",
        summary="A problem was solved, ended by itself, or was ignored by a person.",
        model="trade.exception",
        data=ProblemResolvedData,
        scope="events:read",
        audience="internal",
    )
)
register(
    EventType(
        SUBSCRIPTION_TESTED,
        title="Test",
        summary="Somebody pressed Send a test event on a subscription. It goes to that subscription alone,"
        " whatever it is subscribed to.",
        model="trade.subscription",
        data=TestData,
        scope="events:read",
    )
)
