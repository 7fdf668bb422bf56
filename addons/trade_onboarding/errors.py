"""The sentences of the error codes this addon raises."""

from odoo.addons.trade_kernel.errors import register

register(
    "onboarding.not_ready",
    "{step} waits for: {steps}.",
    "Finish those steps first.",
)
register(
    "onboarding.not_yours",
    "Only {group} may do this.",
    "Ask somebody who has this right; nothing was changed.",
)
register(
    "onboarding.own_approval",
    "You entered this yourself; somebody else has to confirm it.",
    "Ask a colleague with the same right. What you entered is kept.",
)
register(
    "onboarding.no_call",
    "Bank details are confirmed after a call: whom you called, at which number, and what they said.",
    "Call a number you knew before, never one from the form or mail that brought the details; then note it.",
)
register(
    "onboarding.effect_failed",
    "{step} could not be put into Odoo: {reason}",
    "Correct it and try again. What had been set up before it in this move was taken back.",
)
