"""What a partner says of itself: names, numbers, addresses, people, bank accounts."""

from typing import Literal

from .base import Currency, Document, Id, Name, OptionalId, OptionalName, Part
from .parts import Address, Contact, Location, Party


class FinancialAccount(Part):
    """A bank account. UBL: cac:FinancialAccount"""

    id: Id
    """IBAN or account number. UBL: cbc:ID"""
    name: OptionalName = None
    """Who holds it. UBL: cbc:Name"""
    currency_code: Currency | None = None
    """UBL: cbc:CurrencyCode"""
    financial_institution: OptionalId = None
    """BIC of the bank. UBL: cac:FinancialInstitutionBranch/cbc:ID"""


class PartyContact(Contact):
    """A person of the party, told from the others by the name. UBL: cac:Contact"""

    name: Name
    """UBL: cbc:Name"""
    job_title: OptionalName = None
    """UBL: cac:Person/cbc:JobTitle"""


class PartyLocation(Location):
    """A place of the party besides its seat, told from the others by the name. UBL: cac:PhysicalLocation"""

    name: Name
    """UBL: cbc:Name"""
    address: Address
    """UBL: cac:Address"""


class PartyUpdate(Document):
    """What a party says of itself now; what is not said stays as it is. After UBL: cac:Party"""

    document_type: Literal["party_update"] = "party_update"
    """Always "party_update"."""
    party: Party
    """The sender itself: name, numbers, address of its seat, and how it is reached. UBL: cac:Party"""
    contacts: tuple[PartyContact, ...] = ()
    """People. UBL: cac:Person"""
    locations: tuple[PartyLocation, ...] = ()
    """Other addresses. UBL: cac:PhysicalLocation"""
    payee_financial_accounts: tuple[FinancialAccount, ...] = ()
    """Where it wants to be paid. UBL: cac:FinancialAccount"""

    @property
    def threads(self) -> tuple[str, ...]:
        """All updates of one partner speak about the same thing: one after the other, never side by side."""
        return ("party",)
