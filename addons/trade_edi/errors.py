"""The sentences of the error codes this addon raises."""

from odoo.addons.trade_kernel.errors import register

register(
    "layout.not_used",
    "No version of the layout {layout} is in use.",
    "Open the layout, finish its draft beside a sample and press Use this version, then replay.",
)
register(
    "layout.column",
    "{line} does not describe a column.",
    "Write its name, its first character and its length, separated by commas, such as Item, 1, 10.",
)
register(
    "edi.no_sender",
    "The company {company} has no id for files of this format.",
    "Enter our EDIFACT or X12 id in the settings of trading partners, or on the route, then replay.",
)
register(
    "edi.no_receiver",
    "{partner} has no id for {format} files.",
    "Add the identifier to the partner, or enter it on the route, then replay.",
)
register(
    "edi.rejected",
    "{partner} refused {number}: {reason}",
    "Correct what the partner names in Odoo or on the route, then replay: it is written and sent anew.",
)
register(
    "edi.unmatched",
    "{partner} acknowledged a file we do not know: {reference}.",
    "Ask the partner which file is meant. Ignore the problem when it was sent by another system.",
)
