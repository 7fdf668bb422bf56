"""Three simulated suppliers, each a real HTTP server in a process of its own.

They know nothing of Odoo: what they know of us is the published JSON of orders and answers, the address to
send answers to, and the secrets both sides agreed on.

    SUPPLIER_SETTINGS='{"name": …}' python -m odoo.addons.trade_demo.suppliers portal --port 18101
"""
