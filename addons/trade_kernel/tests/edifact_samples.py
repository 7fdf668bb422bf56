"""Small interchanges for tests to change."""

from .. import codecs

EDIFACT = codecs.get("edifact")
UNB = "UNB+UNOC:3+5412345000013:14+4012345000009:14+260302:0915+42'"
ORDER = "BGM+220+P1+9'DTM+137:20260302:102'LIN+1++4012345678901:EN'QTY+21:5:PCE'UNS+S'"


def message(body, kind="ORDERS:D:96A:UN", reference="1", count=None):
    """UNH to UNT."""
    count = body.count("'") + 2 if count is None else count
    return f"UNH+{reference}+{kind}'{body}UNT+{count}+{reference}'"


def interchange(*messages, head=UNB, reference="42"):
    return f"{head}{''.join(messages)}UNZ+{len(messages)}+{reference}'"


def decode(text, **options):
    data = text if isinstance(text, bytes) else text.encode("iso8859-1")
    return list(EDIFACT.decode(data, options))


def read(body, kind="ORDERS:D:96A:UN", **options):
    """The document that a message of ``body`` makes."""
    [part] = decode(interchange(message(body, kind)), **options)
    assert part.document, part.errors
    return part.document


def ordered(body, **options):
    """The first line of an order with these segments."""
    head = "BGM+220+P1+9'DTM+137:20260302:102'CUX+2:EUR:9'"
    return read(f"{head}LIN+1++4012345678901:EN'{body}UNS+S'", **options).order_lines[0]


def answered(body, head="BGM+231+R1+4'", **options):
    """The first line of a response with these segments."""
    start = f"{head}DTM+137:20260303:102'RFF+ON:P1'CUX+2:EUR:9'"
    return read(f"{start}LIN+{body}UNS+S'", "ORDRSP:D:96A:UN", **options).order_lines[0]


def wrong(part):
    return [
        (error["level"], error["code"], error["place"]) for error in part.envelope.get("envelope_errors", ())
    ]
