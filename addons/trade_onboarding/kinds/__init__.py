"""Kinds of steps, one file each; see trade_onboarding_kind.py for what a kind is."""

from . import trade_onboarding_kind  # isort: skip - the contract comes first
from . import (
    approval,
    bank,
    connection,
    contract,
    credit,
    document,
    duplicates,
    go_live,
    identifiers,
    legal,
    task,
    tax,
    tax_online,
)
