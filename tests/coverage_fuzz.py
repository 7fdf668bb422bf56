"""Look for what breaks a decoder with a fuzzer that follows the branches taken (atheris, libFuzzer).

    .odoo/venv/bin/python tests/coverage_fuzz.py edifact 900    # a codec, seconds

It begins with the fixtures, owes every file what tests/test_fuzz.py says, and keeps what it finds in
`.odoo/fuzz`. tests/test_fuzz.py is what every run of the tests does; this is for a long evening.
"""

import random
import sys

import atheris

with atheris.instrument_imports(include=["odoo.addons.trade_kernel"]):
    import test_fuzz

    from odoo.addons.trade_kernel import codecs


def main(name: str, seconds: str) -> None:
    known = [case for case in test_fuzz.cases() if case[0].name == name]
    [codec, options] = known[0][:2]
    # Codecs that need options have several; each file chooses one by its first byte.
    choices = [case[1] for case in known] if codec.needs else [options]
    seeds = test_fuzz.KEPT / f"seeds-{name}"
    seeds.mkdir(parents=True, exist_ok=True)
    for number, (_codec, _options, raw) in enumerate(known):
        (seeds / str(number)).write_bytes(bytes([number % len(choices)]) + raw)

    def one(data: bytes) -> None:
        if data:
            chosen = choices[data[0] % len(choices)]
            test_fuzz.check(codecs.get(name), chosen, data[1:], random.Random(len(data)))

    flags = [f"-max_total_time={seconds}", f"-timeout={test_fuzz.LONGEST}", "-max_len=20000"]
    atheris.Setup([sys.argv[0], str(seeds), *flags, f"-artifact_prefix={test_fuzz.KEPT}/{name}-"], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:])
