"""Real messages, and what every codec owes them: the common part of the corpus tests.

The folder is ``../shared/corpus`` from the project's root, or ``TRADE_CORPUS``. A test of one format takes
its files from :func:`entries`, reads each with :func:`outcome` and compares with a count of its own, made by
a naive expression that shares nothing with the codec. A format adds its count to :data:`NAIVE`.
"""

import csv
import os
import re
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from .. import codecs
from ..codecs import Decoded
from ..errors import TradeError, ValidationFailed

CORPUS = Path(os.environ.get("TRADE_CORPUS") or Path(__file__).resolve().parents[4] / "shared" / "corpus")
#: nothing in the corpus takes a second; more than these means that something hangs
_SECONDS = 30

needs_corpus = pytest.mark.skipif(
    not (CORPUS / "INDEX.tsv").is_file(), reason=f"there are no real messages in {CORPUS} (see TRADE_CORPUS)"
)


@dataclass(frozen=True)
class Entry:
    """One file of the corpus.

    Attributes:
        name: below the corpus' folder.
        kind: EDIFACT, X12, UBL, cXML, CSV, …
        type: the rest of the index's type, such as ``ORDERS:D:96Ax1``.
        notes: what is tricky in it.
    """

    name: str
    kind: str
    type: str
    notes: str

    @property
    def data(self) -> bytes:
        """The file, as it is."""
        return (CORPUS / self.name).read_bytes()

    def __str__(self) -> str:
        return self.name


@cache
def _index() -> tuple[Entry, ...]:
    if not (CORPUS / "INDEX.tsv").is_file():
        return ()
    with (CORPUS / "INDEX.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return tuple(Entry(row["file"], *_split(row["type"]), row["notes"] or "") for row in rows)


def _split(given: str) -> tuple[str, str]:
    kind, _colon, rest = given.partition(":")
    return kind, rest


def entries(*kinds: str) -> list[Entry]:
    """The files of some kinds, or all."""
    return [entry for entry in _index() if not kinds or entry.kind in kinds]


@dataclass(frozen=True)
class Outcome:
    """What became of a file.

    Attributes:
        codec: what read it; ``None`` when nobody recognised it.
        parts: everything that was decoded.
    """

    entry: Entry
    codec: str | None
    parts: tuple[Decoded, ...]

    @property
    def counts(self) -> Counter:
        """How many parts became ``canonical`` documents, their ``envelope only``, or were ``refused``."""
        return Counter(map(kind_of, self.parts))


def kind_of(part: Decoded) -> str:
    """What a part became."""
    if part.document is not None:
        return "canonical"
    known = part.envelope.get("segments") and part.errors[0].code.endswith(".message_unknown")
    return "envelope only" if known else "refused"


@cache
def outcome(entry: Entry, codec: str | None = None) -> Outcome:
    """Read a file, by the codec named or the one that recognises it.

    Any other exception than the file being for nobody, and any hang, is a failure of the test.
    """
    with _deadline(entry):
        try:
            found = codecs.get(codec) if codec else codecs.recognise(entry.data, entry.name)
        except ValidationFailed as error:
            assert error.code in ("file.unrecognised", "file.empty")
            return Outcome(entry, None, (Decoded(None, (error,), raw=entry.data),))
        parts = tuple(found.decode(entry.data))
    assert parts, "a file that is recognised gives something"
    for part in parts:
        assert (part.document is None) == bool(part.errors)
        assert all(isinstance(error, TradeError) and error.message for error in part.errors)
    return Outcome(entry, found.name, parts)


@contextmanager
def _deadline(entry: Entry) -> Iterator[None]:
    def late(_signal, _frame):
        raise TimeoutError(f"{entry.name} was not read in {_SECONDS} seconds")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(_SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


# --- naive counts ---------------------------------------------------------------------------------
def edifact_lines(data: bytes) -> int:
    """LIN segments, in whatever separators: at the beginning of the file's lines or behind a terminator."""
    una = re.match(rb"\s*(?:\xef\xbb\xbf)?\s*UNA(......)", data, re.DOTALL)
    signs = una[1] if una else b":+.? '"
    element, release, end = signs[1:2], signs[3:4], signs[5:6]
    joined = data
    if end in data.replace(b"UNA" + signs, b"") and _folded(data, end):
        joined = re.sub(rb"[\r\n]", b"", data)
    pattern = (
        rb"(?:^|[\r\n]|(?<!" + re.escape(release) + rb")" + re.escape(end) + rb")\s*LIN" + re.escape(element)
    )
    return len(re.findall(pattern, joined))


def _folded(data: bytes, end: bytes) -> bool:
    widths = {len(line) for line in data.splitlines()[:-1] if line and not line.rstrip().endswith(end)}
    return len(widths) == 1


#: transaction set → the segment that begins a line
X12_LINES = {
    "810": "IT1",
    "820": "RMR",
    "832": "LIN",
    "850": "PO1",
    "852": "ZA",
    "855": "PO1",
    "856": "LIN",
    "860": "POC",
    "861": "RCD",
    "865": "POC",
    "867": "QTY",
    "875": "G68",
}


def x12_lines(data: bytes) -> int:
    """Segments that begin a line in their transaction set: they stand behind anything but an element."""
    found = re.search(rb"ISA([^\w\s]|[\x1c-\x1f])", data)
    if not found:
        return 0
    if len(data[found.start() :].splitlines()[0]) < 100:  # no ISA is that short: the lines are folded
        data = re.sub(rb"[\r\n]", b"", data)
    element = re.escape(found[1])
    tags = b"|".join(sorted({name.encode() for name in X12_LINES.values()}))
    pattern = re.compile(
        rb"(?<![A-Za-z0-9" + element + rb"])(?:ST" + element + rb"(\d{3})|(" + tags + rb")" + element + rb")"
    )
    count, line = 0, None
    for match in pattern.finditer(data):
        if match[1]:
            line = X12_LINES.get(match[1].decode())
        else:
            count += match[2].decode() == line
    return count


def xml_lines(*names: str) -> Callable[[bytes], int]:
    """Start tags of these names, whatever their prefix, outside comments."""
    tag = re.compile(rb"<(?:[\w.-]+:)?(?:" + b"|".join(name.encode() for name in names) + rb")[\s/>]")
    return lambda data: len(tag.findall(re.sub(rb"<!--.*?-->", b"", data, flags=re.DOTALL)))


_UBL_LINES = """
    OrderLine InvoiceLine CreditNoteLine DespatchLine ReceiptLine CatalogueLine InventoryReportLine
    StockAvailabilityReportLine QuotationLine RemittanceAdviceLine StatementLine SalesItem TransportEvent
"""
_CXML_LINES = """
    ItemOut ItemIn QuoteItemIn ConfirmationItem ShipNoticeItem InvoiceDetailItem InvoiceDetailServiceItem
"""


#: kind → how many lines (of items) a file or a part of it has
NAIVE: dict[str, Callable[[bytes], int]] = {
    "EDIFACT": edifact_lines,
    "X12": x12_lines,
    "UBL": xml_lines(*_UBL_LINES.split()),
    "cXML": xml_lines(*_CXML_LINES.split()),
}


def lines_of(part: Decoded) -> int:
    """How many lines a decoded document has; those of a document without lines are kept as they stood."""
    document = part.document
    if document.document_type == "acknowledgement":
        return 0
    kept = document.extensions.get("segments", ()) if not document.LINES else ()
    # A deduction that belongs to no invoice is a line, too.
    lines = [line for line in document.lines if not line.extensions.get("alone")]
    return len(lines) + sum(text.startswith(("LIN", "PO1", "POC")) for text in kept)


# --- reports --------------------------------------------------------------------------------------
def report(
    capsys: pytest.CaptureFixture,
    outcomes: Iterable[Outcome],
    type_of: Callable[[Outcome, Decoded], str],
) -> None:
    """Print, per type, how many parts became what."""
    with capsys.disabled():
        sys.stdout.write("\n" + "\n".join(_table(outcomes, type_of)) + "\n")


def _table(outcomes: Iterable[Outcome], type_of: Callable[[Outcome, Decoded], str]) -> list[str]:
    counts: dict[str, Counter] = {}
    for found in outcomes:
        for part in found.parts:
            counts.setdefault(type_of(found, part), Counter())[kind_of(part)] += 1
    columns = ("canonical", "envelope only", "refused")
    width = max(map(len, counts), default=4)
    lines = [f"{'':{width}}  " + "  ".join(f"{name:>13}" for name in columns)]
    for name in sorted(counts):
        lines.append(f"{name:{width}}  " + "  ".join(f"{counts[name][column]:>13}" for column in columns))
    total = sum(counts.values(), Counter())
    lines.append(f"{'all':{width}}  " + "  ".join(f"{total[column]:>13}" for column in columns))
    return lines
