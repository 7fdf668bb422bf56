"""Kinds of steps, one file each; see trade_onboarding_kind.py for what a kind is."""

from . import trade_onboarding_kind  # isort: skip - the contract comes first
from . import (
    approval,
    bank,
    certification,
    connection,
    contract,
    credit,
    document,
    duplicates,
    eligibility,
    go_live,
    hierarchy,
    identifiers,
    legal,
    shipping,
    support,
    task,
    tax,
    tax_online,
    terms,
    territory,
)
