"""Reading EDIFACT and X12 beside pydifact, pyx12 and npm edifact: speed and memory for 10,000 lines.

Every way reads the same text in a process of its own, as its documentation says: pydifact makes an
Interchange, the others hand out segment after segment. "segments" finds segments and tags (elements are split
when asked for), "elements" splits every element, as the others do, "document" is everything up to the checked
canonical document. Speed is the best of several passes in CPU time, because other processes share the
machine; memory is what the peak grows by. The ways take turns; a goal is the median of the rounds' ratios.

    FORMATS_ROUNDS=1 make bench ONLY=formats    a short one
"""

import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).parent
WORK = HERE.parent / ".odoo" / "bench-formats"
LINES, WHOLE, PASSES = 10_000, 3, 3
ROUNDS = int(os.environ.get("FORMATS_ROUNDS", WHOLE))
NODE_PACKAGE = "edifact@1.2.12"

# --- what is read ---------------------------------------------------------------------------------


def edifact_order(lines: int) -> str:
    """An ORDERS message as EANCOM partners write it."""
    head = (
        "UNB+UNOC:3+5412345000013:14+4012345000009:14+260302:0915+REF0000042'\n"
        "UNH+1+ORDERS:D:96A:UN:EAN008'\nBGM+220+P00042+9'\nDTM+137:20260302:102'\n"
        "NAD+BY+5412345000013::9++Bouwmaterialen Peeters NV+Havenlaan 12+Brussel++1000+BE'\n"
        "NAD+SU+4012345000009::9++Schrauben Müller GmbH+Industriestraße 5+Köln++50667+DE'\n"
        "CUX+2:EUR:9'\n"
    )
    body = "".join(
        f"LIN+{number}++4012345678901:EN'\nPIA+1+ACME-{number}:SA+B-{number}:IN'\n"
        f"IMD+F++:::Bolt M8 x 40, zinc plated'\nQTY+21:{number % 90 + 1}:PCE'\nDTM+2:20260311:102'\n"
        f"MOA+203:{number}.50'\nPRI+AAA:12.50:::10:PCE'\n"
        for number in range(1, lines + 1)
    )
    return f"{head}{body}UNS+S'\nCNT+2:{lines}'\nUNT+{7 * lines + 9}+1'\nUNZ+1+REF0000042'\n"


def x12_order(lines: int) -> str:
    """An 850 as American partners write it."""
    head = (
        "ISA*00*          *00*          *ZZ*BUYER          *ZZ*SELLER         *260302*0915*U*00401*000000042"
        "*0*P*>~\nGS*PO*BUYER*SELLER*20260302*0915*42*X*004010~\nST*850*0001~\nBEG*00*SA*P00042**20260302~\n"
        "CUR*BY*USD~\nN1*BY*Peeters Building Supplies*92*1001~\nN1*SE*Miller Bolts Inc*91*2002~\n"
    )
    body = "".join(
        f"PO1*{number}*{number % 90 + 1}*EA*12.50*PE*UP*401234567890*VN*ACME-{number}*IN*B-{number}~\n"
        f"PID*F****Bolt M8 x 40, zinc plated~\nDTM*002*20260311~\n"
        for number in range(1, lines + 1)
    )
    return f"{head}{body}CTT*{lines}~\nSE*{3 * lines + 7}*0001~\nGE*1*42~\nIEA*1*000000042~\n"


# --- the ways -------------------------------------------------------------------------------------


def edifact_segments(text: str) -> int:
    from odoo.addons.trade_kernel.codecs._edi.syntax import EDIFACT, segments

    return sum(1 for segment in segments(text, EDIFACT) if segment.tag)


def edifact_elements(text: str) -> int:
    from odoo.addons.trade_kernel.codecs._edi.syntax import EDIFACT, segments

    return sum(1 for segment in segments(text, EDIFACT) if segment.elements())


def edifact_document(text: str) -> int:
    return _document("edifact", text.encode("iso8859-1"))


def pydifact(text: str) -> int:
    import warnings

    from pydifact.segmentcollection import Interchange

    warnings.simplefilter("ignore")  # it says for every segment that it has no schema for it
    return len(Interchange.from_str(text).segments)


def x12_segments(text: str) -> int:
    from odoo.addons.trade_kernel.codecs._edi.syntax import X12, segments

    return sum(1 for segment in segments(text, X12) if segment.tag)


def x12_elements(text: str) -> int:
    from odoo.addons.trade_kernel.codecs._edi.syntax import X12, segments

    return sum(1 for segment in segments(text, X12) if segment.elements())


def x12_document(text: str) -> int:
    return _document("x12", text.encode("ascii"))


def pyx12(text: str) -> int:
    import io

    from pyx12.x12file import X12Reader

    return sum(1 for segment in X12Reader(io.StringIO(text)) if segment.get_seg_id())


def _document(codec: str, data: bytes) -> int:
    from odoo.addons.trade_kernel import codecs

    parts = list(codecs.get(codec).decode(data))
    if len(parts) != 1 or parts[0].document is None:
        raise SystemExit(f"The benchmark's own file was not read: {parts[0].errors[:3]}")
    return len(parts[0].document.lines)


WAYS: dict[str, tuple[Callable[[int], str], Callable[[str], int]]] = {
    "EDIFACT, segments": (edifact_order, edifact_segments),
    "EDIFACT, elements": (edifact_order, edifact_elements),
    "EDIFACT, document": (edifact_order, edifact_document),
    "pydifact": (edifact_order, pydifact),
    "X12, segments": (x12_order, x12_segments),
    "X12, elements": (x12_order, x12_elements),
    "X12, document": (x12_order, x12_document),
    "pyx12": (x12_order, pyx12),
}


def measure(way: str) -> dict[str, float]:
    """In a process of its own: MB/s of CPU time, and the MB its peak grows by."""
    make, read = WAYS[way]
    text = make(LINES)
    read(make(5))  # everything is imported, and what is made once is made
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    seconds = []
    for _pass in range(PASSES):
        started = time.process_time()
        count = read(text)
        seconds.append(time.process_time() - started)
        if count < LINES:
            raise SystemExit(f"{way} has read {count} of {LINES} lines.")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {"rate": len(text) / 1e6 / min(seconds), "memory": (peak - before) / 1024}


# --- node -----------------------------------------------------------------------------------------
NODE = "npm edifact"
_SCRIPT = """
const fs = require('fs'), Parser = require('edifact/parser.js'), Validator = require('edifact/validator.js');
const text = fs.readFileSync(process.argv[2], 'latin1');
function read(text) {
    let found = 0;
    const parser = new Parser(new Validator());
    parser.encoding('UNOC');  // it would take capitals only
    let elements, components;
    parser.on('opensegment', name => { elements = []; found += 1; });
    parser.on('element', () => { components = []; elements.push(components); });
    parser.on('component', value => { components.push(value); });
    parser.write(text); parser.end();
    return found;
}
read(text.slice(0, text.indexOf("LIN+5+")));
const before = process.resourceUsage().maxRSS, seconds = [];
let count;
for (let pass = 0; pass < 3; pass++) {
    const started = process.cpuUsage();
    count = read(text);
    const used = process.cpuUsage(started);
    seconds.push((used.user + used.system) / 1e6);
}
const peak = process.resourceUsage().maxRSS;
console.log(JSON.stringify({
    count, rate: text.length / 1e6 / Math.min(...seconds), memory: (peak - before) / 1024,
}));
"""


def node_ready() -> str:
    """Why npm's package cannot be measured; empty when it can."""
    if not (shutil.which("node") and shutil.which("npm")):
        return "there is no node here"
    WORK.mkdir(parents=True, exist_ok=True)
    if not (WORK / "node_modules" / "edifact").is_dir():
        command = [
            "npm",
            "install",
            "--silent",
            "--no-audit",
            "--no-fund",
            "--prefix",
            str(WORK),
            NODE_PACKAGE,
        ]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=300)
        except subprocess.TimeoutExpired:
            return "npm did not answer"
        if done.returncode:
            return f"npm could not install it: {done.stderr.strip()[-200:]}"
    (WORK / "read.js").write_text(_SCRIPT)
    (WORK / "orders.edi").write_text(edifact_order(LINES), encoding="iso8859-1")
    return ""


def _node() -> dict[str, float]:
    command = ["node", str(WORK / "read.js"), str(WORK / "orders.edi")]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True, cwd=WORK).stdout)


# --- the run --------------------------------------------------------------------------------------
def run():
    """:return: ``figures.Result``"""
    from figures import Goal, Result

    missing = {NODE: node_ready()}
    for way, module in (("pydifact", "pydifact"), ("pyx12", "pyx12"), ("X12, document", None)):
        missing[way] = "" if module is None else _missing(module)
    ways = [way for way in (*WAYS, NODE) if not missing.get(way)]
    rounds: list[dict[str, dict[str, float]]] = []
    for _round in range(ROUNDS):
        rounds.append({way: _node() if way == NODE else _measured(way) for way in ways})
    result = Result(short=ROUNDS < WHOLE)
    for way in ways:
        rates, memory = ([one[way][name] for one in rounds] for name in ("rate", "memory"))
        row = {"way": way, "MB/s": statistics.median(rates), "MB": statistics.median(memory)}
        result.rows.append(row)
    result.notes += [f"{way} was not measured: {reason}." for way, reason in missing.items() if reason]

    def goal(name: str, over: str, under: str, figure: str, comparison: str, target: float) -> None:
        if over in ways and under in ways:
            ratios = [one[over][figure] / max(one[under][figure], 0.01) for one in rounds]
            result.goals.append(Goal(name, statistics.median(ratios), comparison, target))

    goal("EDIFACT elements, times pydifact", "EDIFACT, elements", "pydifact", "rate", ">=", 20)
    goal("EDIFACT segments, times pydifact", "EDIFACT, segments", "pydifact", "rate", ">=", 20)
    goal("EDIFACT document, times pydifact's parse", "EDIFACT, document", "pydifact", "rate", ">=", 5)
    goal("EDIFACT elements, memory of pydifact's", "EDIFACT, elements", "pydifact", "memory", "<", 1 / 3)
    goal("EDIFACT segments, memory of pydifact's", "EDIFACT, segments", "pydifact", "memory", "<", 1 / 3)
    goal("X12 elements, times pyx12", "X12, elements", "pyx12", "rate", ">=", 5)
    goal("X12 segments, times pyx12", "X12, segments", "pyx12", "rate", ">=", 5)
    goal("X12 segments, memory of pyx12's", "X12, segments", "pyx12", "memory", "<", 1 / 3)
    return result


def _missing(module: str) -> str:
    command = [sys.executable, "-c", f"import {module}"]
    done = subprocess.run(command, capture_output=True, text=True)
    return "" if done.returncode == 0 else f"{module} is not installed"


def _measured(way: str) -> dict[str, float]:
    done = subprocess.run([sys.executable, __file__, way], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{way}: {done.stderr.strip()[-500:]}")
    return json.loads(done.stdout)


if __name__ == "__main__":
    json.dump(measure(sys.argv[1]), sys.stdout)
