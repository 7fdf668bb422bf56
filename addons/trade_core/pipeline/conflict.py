class Conflict(Exception):
    """Another transaction did the same thing at this instant; do the batch again on a fresh snapshot."""
