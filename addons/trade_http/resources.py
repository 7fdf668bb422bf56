"""The addresses documents are pushed to, in one place.

An addon that brings a new document type adds its collection here with :func:`register`.
"""

ROOT = "/trade/v1"
#: collection in the address → document type of the route
COLLECTIONS: dict[str, str] = {}


def register(collection, document_type):
    """Accept documents of ``document_type`` at ``POST /trade/v1/<collection>``.

    :raise ValueError: the collection means another document type already
    """
    if COLLECTIONS.setdefault(collection, document_type) != document_type:
        raise ValueError(f"{ROOT}/{collection} is for {COLLECTIONS[collection]} already.")


register("order-responses", "order_response")
