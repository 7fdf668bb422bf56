"""The sentences of what can be wrong with a connector or a credential."""

from odoo.addons.trade_kernel.errors import register

MAKE_A_KEY = "python3 -c 'from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())'"

register(
    "credential.key_missing",
    "No encryption key is set on this server, so secrets can be neither stored nor used.",
    f"Make a key with: {MAKE_A_KEY} - and put it into odoo.conf as secret_keys under [trade], or into the "
    "environment variable TRADE_SECRET_KEYS; then restart Odoo. Keep a copy outside the database.",
)
register(
    "credential.key_malformed",
    "Encryption key number {number} of this server is not a valid key.",
    f"Each key has 44 characters; several are separated by commas. A new one is made with: {MAKE_A_KEY}",
)
register(
    "credential.key_wrong",
    "The secret of {credential} was encrypted with key {key_id}, which this server does not have.",
    "Add the earlier key after the present one (secret_keys under [trade] in odoo.conf, separated by a "
    "comma) and restart Odoo, or enter the secret again.",
)
register(
    "credential.missing",
    "{connector} has no secret to authenticate with ({method}).",
    "Open the connector, enter the secret under Credentials, and test the connection.",
)
register(
    "credential.malformed",
    "The secret of {credential} is not usable: {reason}",
    "Enter the secret again as the partner gave it.",
)
register(
    "connector.address_missing",
    "{connector} has no address, so nothing can be sent or fetched.",
    "Open the connector, fill in the partner's address, and test the connection.",
)
register(
    "connector.transport_missing",
    "{connector} cannot do that over {transport}.",
    "Choose a connector with another transport on the route, or install the addon for this one.",
)
register(
    "connector.refused",
    "{connector} refuses to be asked for documents: {reason}",
    "Check the connector's address and the route's address part with the partner, then press Fetch now.",
)
register(
    "poll.conflict",
    "{connector} offers a document under the key {key} that came before with other content.",
    "Ask the partner which one is right. The earlier one counts; nothing of the other one was applied.",
)
register(
    "poll.failing",
    "Documents could not be fetched from {connector} {times} times in a row: {reason}",
    "It is tried again by itself. Test the connection of the connector, or call the partner if it lasts.",
)
