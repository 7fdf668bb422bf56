"""The sentences of the error codes this addon raises."""

from odoo.addons.trade_kernel.errors import register

register(
    "mail.sender_unknown",
    "{sender} sent documents to {address}, and nobody has said that this sender may.",
    "Open the mail. If it is from the partner, press Accept this sender: its documents are taken, and"
    " those of"
    " later mails. Otherwise press Refuse.",
)
register(
    "mail.sender_unproven",
    "A mail says it is from {sender}, but our mail server could not verify that.",
    "Ask the partner whether they sent it. If they did, press Take the documents; their mail"
    " administrator should"
    " set up DKIM and SPF.",
)
register(
    "mail.no_document",
    "A mail from {sender} has no attachment that could be a document.",
    "Read the mail: it may be meant for a person. Press Nothing to do, or ask the partner to send it again.",
)
register(
    "mail.no_recipient",
    "The route {route} says to nobody's address its documents go.",
    "Enter the partner's mail address on the route, then replay.",
)
