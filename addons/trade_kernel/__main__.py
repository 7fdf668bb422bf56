"""The kernel on the command line: read a document, print a schema, list the codecs."""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from . import codecs
from .canonical import DOCUMENTS, json_schema
from .errors import TradeError

PROGRAM = "python -m odoo.addons.trade_kernel"
EPILOGUE = """examples:
  %(prog)s decode response.json      print the documents in a file
  %(prog)s decode - < response.json  the same from standard input
  %(prog)s schema order              print what an order may hold, as JSON Schema
  %(prog)s codecs                    list the formats that can be read

The exit code is 0 when all went well, 1 when something in the file is wrong, 2 when the command is."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the result is the exit code."""
    options = _parser().parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        code = options.run(options)
        sys.stdout.flush()
        return code
    except BrokenPipeError:  # the reader, such as head, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=PROGRAM,
        description="Read trading documents without Odoo and without a database.",
        epilog=EPILOGUE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    decode = commands.add_parser(
        "decode", help="print the documents in a file as canonical JSON, one per line"
    )
    decode.add_argument("file", metavar="FILE", help="the file to read; - for standard input")
    decode.add_argument(
        "--codec", metavar="NAME", help="the file's format; without it the content is looked at"
    )
    decode.set_defaults(run=_decode)
    schema = commands.add_parser("schema", help="print the JSON Schema of a document type")
    schema.add_argument("document_type", metavar="TYPE", choices=DOCUMENTS, help=", ".join(DOCUMENTS))
    schema.set_defaults(run=_schema)
    listing = commands.add_parser("codecs", help="list the formats that can be read")
    listing.set_defaults(run=_codecs)
    return parser


def _decode(options: argparse.Namespace) -> int:
    name = "standard input" if options.file == "-" else options.file
    try:
        data = _input(options.file).read()
    except OSError as error:
        return _complain(f"{name}: cannot be read: {error.strerror or error}.")
    try:
        codec = codecs.get(options.codec) if options.codec else codecs.recognise(data, options.file)
    except TradeError as error:
        return _complain(_sentence(name, error))
    code = 0
    for decoded in codec.decode(data):
        if decoded.document:
            print(decoded.document.as_json())
        for error in decoded.errors:
            sys.stdout.flush()  # keep documents and complaints in the order of the file
            code = _complain(_sentence(name, error))
    return code


def _schema(options: argparse.Namespace) -> int:
    print(json.dumps(json_schema(options.document_type), indent=2, ensure_ascii=False))
    return 0


def _codecs(_options: argparse.Namespace) -> int:
    found = codecs.available()
    width = max(len(codec.name) for codec in found)
    for codec in found:
        print(f"{codec.name:{width}}  {codec.label} ({', '.join(codec.extensions)})")
    return 0


def _input(file: str) -> BinaryIO:
    return sys.stdin.buffer if file == "-" else Path(file).open("rb")


def _sentence(name: str, error: TradeError) -> str:
    place = f", {error.pointer}" if error.pointer else ""
    return f"{name}{place}: {error.message} {error.remedy}".rstrip()


def _complain(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
