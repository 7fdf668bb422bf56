import json
import subprocess
import sys

import pytest

from ..__main__ import main
from .samples import order, response


@pytest.fixture
def run(capsys, tmp_path):
    """Run the command line with a file of this content; gives exit code, output and complaints."""

    def run(*arguments, content=None):
        path = tmp_path / "file.json"
        if content is not None:
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        code = main([str(path) if argument == "FILE" else argument for argument in arguments])
        captured = capsys.readouterr()
        return code, captured.out, captured.err.replace(str(path), "FILE")

    return run


def test_documents_come_out_one_per_line(run):
    code, out, err = run("decode", "FILE", content=json.dumps([order(), response()]))
    assert (code, err) == (0, "")
    assert [json.loads(line)["document_type"] for line in out.splitlines()] == ["order", "order_response"]


def test_errors_come_with_their_place_and_the_next_step_and_good_documents_still_come_out(run):
    content = json.dumps([order(), response(order_response_code="?", id=7)])
    code, out, err = run("decode", "FILE", content=content)
    assert code == 1
    assert len(out.splitlines()) == 1
    assert err.splitlines() == [
        "FILE, /1/id: id must be text in quotes, not the number 7. "
        "Ask the partner to correct the document and to send it again.",
        "FILE, /1/order_response_code: order_response_code cannot be '?': expected 'AB', 'AP', 'CA' or 'RE'. "
        "Ask the partner to correct the document and to send it again.",
    ]


@pytest.mark.parametrize(
    "content, words",
    [
        (b"", "file is empty."),
        (b"<Order/>", "No codec recognises this file."),
        (b"{", "line 1, column 2: This is not JSON"),
        (b'{"id": "\xff"}', "The text is not valid utf-8"),
    ],
)
def test_a_file_that_is_no_document(run, content, words):
    code, out, err = run("decode", "FILE", content=content)
    assert (code, out) == (1, "")
    assert words in err


def test_the_codec_can_be_named(run):
    assert run("decode", "FILE", "--codec", "canonical_json", content=json.dumps(order()))[0] == 0
    code, _out, err = run("decode", "FILE", "--codec", "edifakt", content=json.dumps(order()))
    assert code == 1 and "There is no codec named edifakt" in err


def test_a_file_that_is_not_there(run):
    assert run("decode", "FILE") == (1, "", "FILE: cannot be read: No such file or directory.\n")


def test_a_schema_is_printed(run):
    code, out, _err = run("schema", "order")
    assert code == 0
    assert json.loads(out)["properties"]["document_type"]["const"] == "order"


def test_codecs_are_listed(run):
    code, out, _err = run("codecs")
    assert code == 0 and "canonical_json  Tradelane JSON (.json, .ndjson, .jsonl)" in out


@pytest.mark.parametrize("arguments", [[], ["decode"], ["schema", "poem"], ["sing"]])
def test_a_wrong_command_says_how_it_is_used(capsys, arguments):
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert "usage: python -m odoo.addons.trade_kernel" in capsys.readouterr().err


def test_it_runs_as_a_module_reads_standard_input_and_bears_a_reader_who_leaves():
    command = [sys.executable, "-m", "odoo.addons.trade_kernel", "decode", "-"]
    many = "\n".join(json.dumps(order(id=f"P{n}")) for n in range(500)).encode()
    done = subprocess.run(command, input=many, capture_output=True, check=False)
    assert (done.returncode, done.stderr, done.stdout.count(b"\n")) == (0, b"", 500)
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        process.stdout.close()
        process.stdin.write(many)
        process.stdin.close()
        assert process.stderr.read() == b""
        assert process.wait() == 0
