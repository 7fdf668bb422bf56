"""The sentences of the error codes this addon raises."""

from odoo.addons.trade_kernel.errors import register

register(
    "files.folder_forbidden",
    "The folder {folder} is not one that may be used.",
    "Ask the server's administrator to add it to folders in the section [trade] of Odoo's configuration"
    " file.",
)
register(
    "files.name",
    "{name} cannot be the name of a file: {reason}.",
    "Correct Name of files on the route.",
)
