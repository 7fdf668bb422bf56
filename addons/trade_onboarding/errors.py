"""The sentences of the error codes this addon raises."""

from odoo.addons.trade_kernel.errors import register, tell

register(
    "onboarding.not_ready",
    "{step} waits for: {steps}.",
    "Finish those steps first.",
)
register(
    "onboarding.not_yours",
    "Only people with the right “{right}” may do this.",
    "Ask one of them to do it, or ask your administrator for the right. Nothing was changed.",
)
register(
    "onboarding.identifier_taken",
    "{scheme} {value} is the number of {partner} already, and a number stands for one partner only.",
    "If it is the same company, take its contact in the check for duplicates; else correct the number here or"
    " there.",
)
register(
    "onboarding.own_approval",
    "You entered this yourself; somebody else has to confirm it.",
    "Ask a colleague with the same right. What you entered is kept.",
)
register(
    "onboarding.no_company",
    "{name} has no contact in Odoo, so there is nobody to trade with.",
    "Choose its contact on the case, or have the step with the legal entity filled in: the contact is made"
    " of it.",
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
register(
    "certification.taken",
    "The answer to the test “{test}”: {outcome}.",
    "Open the test to see what was found.",
)
register(
    "certification.stopped",
    "{route} does not run at the moment, so no test can be sent.",
    "Put the route on trial or live, and lift the suspension of the partner if there is one.",
)
register(
    "certification.not_sent",
    "The test “{test}” waits for no answer.",
    "Send the test order first; then answer it.",
)
register(
    "certification.several",
    "The file has {count} documents.",
    "Put only the answer to the test order into the file.",
)
register(
    "certification.nothing_to_break",
    "There is no good answer yet that could be broken for “{test}”.",
    "Pass one of the other tests first.",
)

# What partners read on the pages of the test bench.
tell(
    "certification.stopped",
    "No test can be sent at present.",
    "Your contact person knows why. Try again later.",
    theirs=False,
)
tell(
    "certification.not_sent",
    "The test “{test}” waits for no answer.",
    "Send the test order first; then answer it.",
)
tell(
    "certification.several",
    "The file has {count} documents.",
    "Put only the answer to the test order into the file.",
)
tell(
    "certification.nothing_to_break",
    "There is no good answer yet that could be broken for “{test}”.",
    "Pass one of the other tests first.",
)
