from typing import NamedTuple


class Hit(NamedTuple):
    """One reason to believe that a code means a record (``target``: its id) or a value (the text)."""

    target: int | str
    by: str
    mapping_id: int | None = None
