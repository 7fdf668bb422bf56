"""Every limit on what comes in, each with its reason. Over a limit the sender gets a clear error."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one decoding run.

    Attributes:
        max_bytes: the whole file is held in memory, in about ten times its size once parsed.
        max_documents: each document becomes a message; more belong into several files.
        max_lines: an order of more lines cannot be handled by people or by one transaction.
        max_depth: our deepest document has 8 levels; deeper nesting only serves attacks on parsers.
        max_errors: nobody reads more at once, and each one costs memory.
    """

    max_bytes: int = 20_000_000
    max_documents: int = 10_000
    max_lines: int = 20_000
    max_depth: int = 32
    max_errors: int = 100


DEFAULT = Limits()

#: identifiers and codes: longer than any standard's (Peppol 50, EDIFACT 70), short enough for an index
MAX_ID = 200
#: names, streets, descriptions: a page of text
MAX_NAME = 1_000
#: notes: what a person can still be expected to read
MAX_NOTE = 10_000
#: characters of one number: far beyond any amount, below what makes arithmetic slow
MAX_NUMBER_CHARACTERS = 64
#: digits before and after the decimal point: trillions, with prices to a trillionth
MAX_INTEGER_DIGITS = 15
MAX_DECIMALS = 12
#: values in one ``extensions`` object, nested ones included
MAX_EXTENSION_VALUES = 10_000
