"""Damaged files for every decoder, as many as there is time for.

What a decoder owes to any file: it ends, soon; it raises nothing; each part is a document or has errors.
What became a document can be written, or is refused with a reason. What breaks that is kept in `.odoo/fuzz`.

The damage is the same every time, so that what fails was changed; with FUZZ_SEED=0 it is another.

    FUZZ_SEED=0 FUZZ_SECONDS=900 make test SUITE=e2e ARGS="-k fuzz"
"""

import io
import itertools
import json
import os
import random
import signal
import time
from pathlib import Path

import pytest

from odoo.addons import trade_kernel
from odoo.addons.trade_kernel import codecs
from odoo.addons.trade_kernel.errors import TradeError, ValidationFailed

SECONDS = float(os.environ.get("FUZZ_SECONDS", "60"))
SEED = int(os.environ.get("FUZZ_SEED", "1")) or random.randrange(1 << 30)
FIXTURES = Path(trade_kernel.__file__).parent / "tests" / "fixtures"
KEPT = Path(__file__).parents[1] / ".odoo" / "fuzz"
#: a damaged file of some kilobytes that takes longer has found a hole
LONGEST = 20
LIMITS = {"max_bytes": 2_000_000, "max_lines": 2_000, "max_documents": 200}
SIGNS = (
    b"\0",
    b"'",
    b"+",
    b":",
    b"?",
    b"~",
    b"*",
    b"^",
    b"\n",
    b"\r\n",
    b";",
    b'"',
    b"<",
    b">",
    b"&",
    b"{",
    b"]",
    b"\xff",
    b"\xfe",
)
TEXTS = (
    b"9" * 400,
    b"-0",
    b"1e999",
    b"NaN",
    b"\xef\xbb\xbf",
    b"UNH+1+ORDERS:D:96A:UN'",
    b"ST*850*0001~",
    b"LIN+1'",
    b"]]>",
    b"99991231",
    b"00000000",
    b"\xc3",
    "ß€\u2028".encode(),
    b"<!DOCTYPE a>",
    b"&#0;",
    b"[[[[",
    b"UNT+0+",
    b"SE*0*",
)


def cases():
    """``[(codec, options, bytes)]`` of the fixtures that are not large."""
    found = []
    for path in sorted(FIXTURES.glob("*/*/*/expected.json")):
        [payload] = [one for one in path.parent.iterdir() if one.name.startswith("payload.")]
        if payload.stat().st_size < 60_000:
            codec = codecs.get(path.parts[-4])
            options = json.loads(path.read_text()).get("options") or {}
            needed = {name: options[name] for name in codec.needs if name in options}
            found.append((codec, {**needed, "limits": LIMITS}, payload.read_bytes()))
    return found


def damaged(raw, others, chance):
    """The file after one to eight accidents."""
    data = bytearray(raw)
    for _accident in range(chance.choice((1, 1, 2, 3, 8))):
        start = chance.randrange(len(data) + 1)
        end = min(len(data), start + chance.choice((0, 1, 2, 5, 40, 400)))
        kind = chance.randrange(7)
        if kind == 0:
            data[start:end] = b""
        elif kind == 1:
            data[start:end] = bytes(data[start:end]) * chance.choice((2, 3, 50))
        elif kind == 2:
            data[start:end] = chance.choice(SIGNS)
        elif kind == 3:
            data[start:end] = chance.choice(TEXTS)
        elif kind == 4 and data:
            data[chance.randrange(len(data))] = chance.randrange(256)
        elif kind == 5:
            other = chance.choice(others)
            begin = chance.randrange(len(other) + 1)
            data[start:end] = other[begin : begin + chance.choice((10, 100, 1000))]
        else:
            del data[start:]
        del data[200_000:]
    return bytes(data)


def check(codec, options, data, chance):
    """All that is owed; an assertion or any other exception is a finding."""
    assert 0 <= codec.sniff(data) <= 100
    documents = []
    for part in codec.decode(data, options):
        assert (part.document is None) == bool(part.errors)
        assert all(isinstance(error, TradeError) and error.message for error in part.errors)
        json.dumps(part.envelope)
        if part.document is not None:
            documents.append(part.document)
    if documents and chance.random() < 0.2:
        try:
            codec.encode(documents[:1], {name: options[name] for name in codec.needs})
        except ValidationFailed as error:
            assert error.message
    if chance.random() < 0.1:
        try:
            for piece in codec.cut(io.BytesIO(data), 2, options):
                assert piece
        except ValidationFailed as error:
            assert error.message


def too_long(_signal, _frame):
    raise AssertionError(f"It takes more than {LONGEST} seconds.")


@pytest.mark.skipif(SECONDS <= 0, reason="FUZZ_SECONDS=0")
def test_no_damage_breaks_a_decoder():
    chance, known = random.Random(SEED), cases()
    by_codec = {}
    for case in known:
        by_codec.setdefault(case[0].name, []).append(case)
    end, counts = time.monotonic() + SECONDS, dict.fromkeys(by_codec, 0)
    before = signal.signal(signal.SIGALRM, too_long)
    try:
        for name in itertools.cycle(by_codec):
            if time.monotonic() > end:
                break
            codec, options, raw = chance.choice(by_codec[name])
            others = [case[2] for case in (chance.choice(by_codec[name]), chance.choice(known))]
            data = damaged(raw, others, chance)
            counts[name] += 1
            signal.alarm(LONGEST)
            try:
                check(codec, options, data, chance)
            except Exception as error:
                KEPT.mkdir(parents=True, exist_ok=True)
                kept = KEPT / f"{name}-{SEED}-{counts[name]}.bin"
                kept.write_bytes(data)
                (KEPT / f"{kept.stem}.json").write_text(json.dumps(options, default=str))
                raise AssertionError(f"{name} with {kept} (FUZZ_SEED={SEED}): {error!r}") from error
            finally:
                signal.alarm(0)
    finally:
        signal.signal(signal.SIGALRM, before)
    print(f"FUZZ_SEED={SEED}: {counts}")
    assert all(counts.values()), counts
