"""The sentences of the error codes this addon raises."""

from odoo.addons.trade_kernel.errors import register

register(
    "onboarding.no_contact",
    "{name} has no contact in Odoo yet, so nobody there can have an account.",
    "Approve the case first; the contact is created with the step for the legal entity.",
)
