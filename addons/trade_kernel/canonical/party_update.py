"""What is said of a party, by itself or by a system of ours: names, numbers, addresses, people, accounts.

What is not said stays as it is. A value is taken back by ``null``, which is read as its name in *emptied* and
written so: whether somebody's program keeps nulls must not decide what is lost. A person, a place or an
account is taken back by the action *remove*.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from .base import (
    OBJECT,
    SOME,
    TEXT,
    Checked,
    Currency,
    Document,
    Id,
    Name,
    OptionalId,
    OptionalName,
    Problem,
    one_of,
    refused,
)
from .parts import Address, Contact, Identifier, Location, Party

REMOVE = "remove"
Action = Literal["update", REMOVE]


def _once(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(set(names)))


class Emptying(Checked):
    """A part whose values can be taken back: each class names in *emptied* which."""

    @model_validator(mode="before")
    @classmethod
    def _take_nulls(cls, values: Any) -> Any:
        if not isinstance(values, Mapping) or not isinstance(said := values.get("emptied", ()), list | tuple):
            return values
        nulls = [name for name in _can_be_emptied(cls) if name in values and values[name] is None]
        return {**values, "emptied": [*said, *nulls]} if nulls else values

    def _problems(self) -> Iterable[Problem]:
        for index, name in enumerate(self.emptied):
            if getattr(self, name) is not None:
                yield ("emptied", index), refused("party.emptied_and_said", name=name), name


@cache
def _can_be_emptied(part: type[Emptying]) -> tuple[str, ...]:
    """The names that *emptied* may hold."""
    [names, _more] = get_args(part.model_fields["emptied"].annotation)
    return get_args(names)


class PartyAddress(Emptying, Address):
    """A postal address, or what changes of it. UBL: cac:PostalAddress"""

    emptied: Annotated[
        tuple[
            Literal[
                "street_name",
                "additional_street_name",
                "city_name",
                "postal_zone",
                "country_subentity",
                "country_code",
            ],
            ...,
        ],
        AfterValidator(_once),
    ] = ()
    """What it has no longer. No UBL element."""


class PartyReach(Emptying, Contact):
    """How the party itself is reached. UBL: cac:Contact"""

    emptied: Annotated[tuple[Literal["telephone", "electronic_mail"], ...], AfterValidator(_once)] = ()
    """What it has no longer. No UBL element."""


class PartyContact(Emptying, Contact):
    """A person of the party, told from the others by the name. UBL: cac:Contact"""

    name: Name
    """UBL: cbc:Name"""
    job_title: OptionalName = None
    """UBL: cac:Person/cbc:JobTitle"""
    emptied: Annotated[
        tuple[Literal["telephone", "electronic_mail", "job_title"], ...], AfterValidator(_once)
    ] = ()
    """What the person has no longer. No UBL element."""
    action: Action = "update"
    """Remove: has left. UBL: cbc:ActionCode"""


class PartyLocation(Location, Checked):
    """A place of the party besides its seat, told from the others by the name. UBL: cac:PhysicalLocation"""

    model_config = ConfigDict(
        json_schema_extra={
            "if": {"required": ["action"], "properties": {"action": {"const": REMOVE}}},
            "else": {"required": ["address"], "properties": {"address": OBJECT}},
        }
    )

    name: Name
    """UBL: cbc:Name"""
    address: PartyAddress | None = None
    """A place that is given up need not say it. UBL: cac:Address"""
    action: Action = "update"
    """Remove: is given up. UBL: cbc:ActionCode"""

    def _problems(self) -> Iterable[Problem]:
        if self.address is None and self.action != REMOVE:
            yield ("address",), refused("field.missing"), None


class FinancialAccount(Emptying):
    """A bank account. UBL: cac:FinancialAccount"""

    id: Id
    """IBAN or account number. UBL: cbc:ID"""
    name: OptionalName = None
    """Who holds it. UBL: cbc:Name"""
    currency_code: Currency | None = None
    """UBL: cbc:CurrencyCode"""
    financial_institution: OptionalId = None
    """BIC of the bank. UBL: cac:FinancialInstitutionBranch/cbc:ID"""
    emptied: Annotated[
        tuple[Literal["name", "currency_code", "financial_institution"], ...], AfterValidator(_once)
    ] = ()
    """What it has no longer. No UBL element."""
    action: Action = "update"
    """Remove: is closed. UBL: cbc:ActionCode"""


class PartyReference(Checked):
    """Which party is meant; all that is given names the same one. UBL: cac:Party"""

    model_config = ConfigDict(json_schema_extra=one_of(party_identification=SOME, company_id=TEXT))

    party_identification: tuple[Identifier, ...] = ()
    """Without a scheme: our number for it, or the one it has in the sending system.
    UBL: cac:PartyIdentification/cbc:ID"""
    company_id: OptionalId = None
    """VAT number. UBL: cac:PartyTaxScheme/cbc:CompanyID"""

    def _problems(self) -> Iterable[Problem]:
        if not (self.party_identification or self.company_id):
            yield (), refused("party.unidentified"), None

    @property
    def identifiers(self) -> tuple[tuple[str, str], ...]:
        """``(ISO 6523 scheme, "vat" or "", number)`` of all that is given, each once."""
        named = [(one.scheme_id or "", one.id) for one in self.party_identification]
        return tuple(dict.fromkeys([*named, *([("vat", self.company_id)] if self.company_id else [])]))


class PartyStatement(Emptying, Party):
    """What is said of the party itself. UBL: cac:Party"""

    model_config = ConfigDict(json_schema_extra=None)

    postal_address: PartyAddress | None = None
    """UBL: cac:PostalAddress"""
    contact: PartyReach | None = None
    """UBL: cac:Contact"""
    emptied: Annotated[tuple[Literal["company_id", "legal_entity_id"], ...], AfterValidator(_once)] = ()
    """What it has no longer. No UBL element."""

    @model_validator(mode="before")
    @classmethod
    def _take_null_parts(cls, values: Any) -> Any:
        """``null`` for the whole address empties each of its fields."""
        if not isinstance(values, Mapping):
            return values
        parts = {"postal_address": PartyAddress, "contact": PartyReach}
        emptied = {
            name: {"emptied": _can_be_emptied(part)}
            for name, part in parts.items()
            if name in values and values[name] is None
        }
        return {**values, **emptied} if emptied else values


class PartyUpdate(Document):
    """What is said of a party now; what is not said stays as it is. After UBL: cac:Party"""

    document_type: Literal["party_update"] = "party_update"
    """Always "party_update"."""
    about: PartyReference | None = None
    """Whom it is about, when one of our own systems sends it; a partner speaks about itself only."""
    party: PartyStatement = Field(default_factory=PartyStatement)
    """Name, numbers, address of the seat, and how it is reached. UBL: cac:Party"""
    contacts: tuple[PartyContact, ...] = ()
    """People. UBL: cac:Person"""
    locations: tuple[PartyLocation, ...] = ()
    """Other addresses. UBL: cac:PhysicalLocation"""
    payee_financial_accounts: tuple[FinancialAccount, ...] = ()
    """Where it wants to be paid. UBL: cac:FinancialAccount"""

    @property
    def threads(self) -> tuple[str, ...]:
        """All updates about one party speak about the same thing: one after the other, never side by side."""
        named = self.about.identifiers if self.about else [("", "")]
        return tuple(f"party:{scheme}:{number}" for scheme, number in named)
