"""Three simulated suppliers, each a real HTTP server in a process of its own.

They know nothing of Odoo: what they know of us is the published JSON of the documents, the address to
send theirs to, and the secrets both sides agreed on.

    SUPPLIER_SETTINGS='{"name": …}' python -m odoo.addons.trade_demo.suppliers portal --port 18101
"""
