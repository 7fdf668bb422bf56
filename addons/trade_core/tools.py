"""Small things several models need."""

from datetime import UTC, datetime


def iso_now():
    """The instant in UTC with milliseconds and offset, as it leaves the system (ARCHITECTURE rule 11)."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")
