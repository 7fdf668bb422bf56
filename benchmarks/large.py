"""Files of any size: a stock report of 1,000,000 lines, a catalogue of 200 MB, cut and read to documents.

Each file is on the disk and read in a process of its own, in pieces of 1,000 lines; speed is in CPU time,
memory is what the process' peak grows by. The peer is the same reader with a file of a tenth: memory must not
follow the size. "cut" is what happens before anything is applied, "read" makes every piece a document.

    LARGE_SCALE=0.1 make bench ONLY=large    a short one, a tenth of everything
"""

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).parent
WORK = HERE.parent / ".odoo" / "bench-large"
SCALE = float(os.environ.get("LARGE_SCALE", "1"))
PIECE = 1_000
STOCK = {
    "format": "csv",
    "document_type": "inventory_report",
    "delimiter": ";",
    "rules": [
        {"to": "id", "source": "Report"},
        {"to": "issue_date", "source": "Day", "kind": "date"},
        {"to": "inventory_lines.item.sellers_item_identification.id", "source": "Item"},
        {"to": "inventory_lines.item.name", "source": "Name"},
        {"to": "inventory_lines.quantity.value", "source": "Free", "kind": "number"},
        {"to": "inventory_lines.quantity.unit_code", "constant": "C62"},
    ],
}


def stock_report(path: Path, lines: int) -> None:
    with path.open("w") as file:
        file.write("Report;Day;Item;Name;Free\n")
        for number in range(lines):
            file.write(f"S1;2026-03-02;ACME-{number};Bolt M8 x {number % 90}, zinc plated;{number % 977}\n")


def catalogue(path: Path, lines: int) -> None:
    with path.open("w", encoding="iso8859-1") as file:
        file.write(
            "UNB+UNOC:3+4012345000009:14+5412345000013:14+260302:0915+REF0000042'\n"
            "UNH+1+PRICAT:D:96A:UN:EAN008'\nBGM+9+CAT-2026+9'\nDTM+137:20260302:102'\n"
            "NAD+SU+4012345000009::9'\nNAD+BY+5412345000013::9'\nCUX+2:EUR:8'\n"
        )
        for number in range(1, lines + 1):
            file.write(
                f"LIN+{number}+1+4012345678901:EN'\nPIA+5+ACME-{number}:SA'\n"
                f"IMD+F++:::Bolt M8 x {number % 90}, zinc plated, hexagon head'\n"
                f"QTY+53:10:PCE'\nDTM+7:20260401:102'\nPRI+AAA:{number % 90 + 1}.50:CA::100:PCE'\n"
            )
        file.write(f"UNS+S'\nCNT+2:{lines}'\nUNT+{6 * lines + 9}+1'\nUNZ+1+REF0000042'\n")


#: kind → codec, options, what writes a file, lines of the large one
KINDS: dict[str, tuple[str, dict, Callable[[Path, int], None], int]] = {
    "stock report, CSV": ("layout", {"layout": STOCK}, stock_report, 1_000_000),
    "catalogue, EDIFACT": ("edifact", {}, catalogue, 1_250_000),
}


def measure(kind: str, path: str, read: bool) -> dict[str, float]:
    """In a process of its own: CPU seconds, lines, and the MB its peak grows by."""
    from odoo.addons.trade_kernel import codecs

    name, options, write, _lines = KINDS[kind]
    codec = codecs.get(name)
    WORK.mkdir(parents=True, exist_ok=True)
    warm = WORK / "warm"
    write(warm, 2 * PIECE)
    _through(codec, warm, options, True)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.process_time()
    pieces, lines = _through(codec, Path(path), options, read)
    seconds = time.process_time() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {"seconds": seconds, "pieces": pieces, "lines": lines, "memory": (peak - before) / 1024}


def _through(codec, path: Path, options: dict, read: bool) -> tuple[int, int]:
    pieces = lines = 0
    with path.open("rb") as file:
        for piece in codec.cut(file, PIECE, options):
            pieces += 1
            if read:
                [part] = codec.decode(piece, options)
                if part.document is None:
                    raise SystemExit(f"The benchmark's own file was not read: {part.errors[:3]}")
                lines += len(part.document.lines)
    return pieces, lines


def run():
    """:return: ``figures.Result``"""
    from figures import Goal, Result

    WORK.mkdir(parents=True, exist_ok=True)
    result = Result(short=SCALE < 1)
    for kind, (_codec, _options, write, whole) in KINDS.items():
        grown = {}
        for part in (0.1, 1.0):
            lines = int(whole * SCALE * part)
            path = WORK / "file"
            write(path, lines)
            size = path.stat().st_size / 1e6
            for step in ("cut", "read"):
                found = _measured(kind, path, step)
                if step == "read" and found["lines"] != lines:
                    raise SystemExit(f"{kind}: {found['lines']} of {lines} lines were read.")
                result.rows.append(
                    {
                        "way": f"{kind}, {step}",
                        "MB": round(size, 1),
                        "lines": lines,
                        "MB/s": size / found["seconds"],
                        "MB of memory": found["memory"],
                    }
                )
                grown[step, part] = found["memory"]
            path.unlink()
        # A few MB come and go with the allocator; what follows the size would be tenfold.
        ratio = (grown["read", 1.0] + 5) / (grown["read", 0.1] + 5)
        result.goals.append(Goal(f"{kind}: memory for ten times the size", ratio, "<", 1.5))
    result.notes.append(f"Pieces of {PIECE:,} lines; every line is read to its document and counted.")
    return result


def _measured(kind: str, path: Path, step: str) -> dict[str, float]:
    done = subprocess.run([sys.executable, __file__, kind, str(path), step], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{kind}, {step}: {done.stderr.strip()[-500:]}")
    return json.loads(done.stdout)


if __name__ == "__main__":
    json.dump(measure(sys.argv[1], sys.argv[2], sys.argv[3] == "read"), sys.stdout)
