"""The sentences of the error codes this addon raises."""

from odoo.addons.trade_kernel.errors import register

register(
    "certification.no_products",
    "There is no product that could be ordered from {partner} for a test.",
    "Enter at least {count} products with a vendor price of this partner, each with the vendor's code or a"
    " code of ours; then press “Look for new tests”.",
)
register(
    "certification.not_billed",
    "The order of this test cannot be billed, which its credit note needs: {reason}",
    "Set up the accounting of the company, with a purchase journal and its accounts; then send the test"
    " again.",
)
