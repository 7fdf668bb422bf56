"""Peppol BIS 3: what a document says about the rules it follows.

Source: Peppol BIS Billing 3.0, Peppol BIS Self-Billing 3.0 and Peppol BIS post-award documents 3.0, section
"Profiles and transactions".
"""

_BIS = "urn:fdc:peppol.eu:poacc:bis:"
_TRANSACTION = "urn:fdc:peppol.eu:poacc:trns:"
_SELF_BILLING = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:selfbilling:3.0"
_BILLING = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"


def _profile(process: str, **transactions: str) -> dict[str, tuple[str, str]]:
    return {name: (_TRANSACTION + value, _BIS + process) for name, value in transactions.items()}


#: the option ``profile`` → document type → CustomizationID, ProfileID
PROFILES: dict[str, dict[str, tuple[str, str]]] = {
    "peppol_order_only": _profile("order_only:3", order="order:3"),
    "peppol_ordering": _profile("ordering:3", order="order:3", order_response="order_response:3"),
    "peppol_advanced_ordering": _profile(
        "advanced_ordering:3",
        order="order:3",
        order_change="order_change:3",
        order_cancellation="order_cancellation:3",
        order_response="order_response_advanced:3",
    ),
    "peppol_order_agreement": _profile("order_agreement:3", order_response="order_agreement:3"),
    "peppol_despatch_advice": _profile("despatch_advice:3", despatch_advice="despatch_advice:3"),
    "peppol_catalogue": _profile(
        "catalogue_only:3", price_catalogue="catalogue:3", acknowledgement="catalogue_response:3"
    ),
    "peppol_billing": {
        name: (_BILLING, "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0") for name in ("invoice", "credit_note")
    },
    "peppol_self_billing": {
        name: (_SELF_BILLING, "urn:fdc:peppol.eu:2017:poacc:selfbilling:01:1.0")
        for name in ("invoice", "credit_note")
    },
    "peppol_invoice_response": _profile("invoice_response:3", acknowledgement="invoice_response:3"),
    "peppol_mlr": _profile("mlr:3", acknowledgement="mlr:3"),
}
