"""What every kind of store has to do; the tests of each kind run all of it."""

import contextlib
import io
import threading
import time

from ..files.calls import PickUp, Put
from ..files.store import Refused, StoreError, inside


def pick_up(case, **changes):
    """One fetch of the folder ``out``."""
    values = {
        "folder": "out",
        "pattern": "*",
        "settle": 0.05,
        "after": "archive",
        "archive": "out/archive",
        "seen": frozenset(),
        "most": 1_000_000,
        **changes,
    }
    return PickUp(case.open_store, **values)()


def put(case, data=b"UNA:+.? '", name="order_1.edi", **changes):
    """One delivery into the folder ``in``."""
    return Put(case.open_store, "in", name, data, **changes)()


class StoreTests:
    """``self.root``: the folder behind the store; ``self.open_store``: opens it."""

    def file(self, name, data=b"x", folder="out"):
        path = self.root / folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return path

    def names(self, folder):
        return sorted(path.name for path in (self.root / folder).iterdir() if path.is_file())

    @contextlib.contextmanager
    def writing(self, path):
        """Somebody writes at a file all the time."""
        stop = threading.Event()

        def write():
            while not stop.wait(0.02):
                with path.open("ab") as file:
                    file.write(b"." * 10)

        writer = threading.Thread(target=write)
        writer.start()
        try:
            yield
        finally:
            stop.set()
            writer.join()

    # -- putting -------------------------------------------------------------------------------

    def test_a_file_arrives_whole_under_its_name_and_nothing_else_is_left(self):
        result = put(self)
        self.assertEqual(result.outcome, "ok", result.detail)
        self.assertEqual(self.names("in"), ["order_1.edi"])
        self.assertEqual((self.root / "in" / "order_1.edi").read_bytes(), b"UNA:+.? '")

    def test_sent_twice_it_is_there_once(self):
        put(self)
        again = put(self, repeated=True)
        self.assertEqual(again.outcome, "ok")
        self.assertEqual(self.names("in"), ["order_1.edi"])

    def test_another_file_of_that_name_is_never_overwritten(self):
        self.file("order_1.edi", b"somebody else's", folder="in")
        result = put(self)
        self.assertEqual(result.outcome, "refused")
        self.assertEqual((self.root / "in" / "order_1.edi").read_bytes(), b"somebody else's")

    def test_what_an_earlier_try_left_unfinished_is_overwritten(self):
        self.file(".order_1.edi.tmp", b"hal", folder="in")
        self.assertEqual(put(self).outcome, "ok")
        self.assertEqual(self.names("in"), ["order_1.edi"])

    def test_a_folder_that_is_not_there_is_named(self):
        result = Put(self.open_store, "nowhere/at/all", "a.edi", b"x")()
        self.assertEqual(result.outcome, "refused")
        self.assertIn("nowhere/at/all", result.detail)

    # -- picking up ----------------------------------------------------------------------------

    def test_files_come_with_their_names_and_are_put_away_only_after_the_commit(self):
        self.file("b.edi", b"second")
        self.file("a.edi", b"first")
        poll = pick_up(self)
        self.assertEqual(
            {one.filename: one.raw for one in poll.documents}, {"a.edi": b"first", "b.edi": b"second"}
        )
        self.assertEqual(self.names("out"), ["a.edi", "b.edi"], "still there: nothing is committed yet")
        poll.done()
        self.assertEqual(self.names("out"), [])
        self.assertEqual(self.names("out/archive"), ["a.edi", "b.edi"])

    def test_the_same_name_again_does_not_overwrite_what_is_archived(self):
        for content in (b"monday", b"tuesday"):
            self.file("stock.csv", content)
            pick_up(self).done()
        self.assertEqual(self.names("out/archive"), ["stock.csv", "stock.csv.2"])
        self.assertEqual((self.root / "out/archive/stock.csv").read_bytes(), b"monday")

    def test_keys_are_name_and_content(self):
        self.file("a.edi", b"1")
        first = pick_up(self).documents[0].key
        self.assertEqual(pick_up(self).documents[0].key, first)
        self.file("a.edi", b"2")
        self.assertNotEqual(pick_up(self).documents[0].key, first)

    def test_half_written_files_are_left_alone(self):
        path = self.file("slow.edi", b"begin")
        with self.writing(path):
            self.assertEqual(pick_up(self, settle=0.3).documents, ())
        whole = path.read_bytes()
        self.assertEqual(pick_up(self).documents[0].raw, whole)

    def test_names_of_unfinished_and_hidden_files_are_passed_over(self):
        for name in (".hidden", "a.edi.tmp", "b.PART", "c.filepart", "~lock"):
            self.file(name)
        (self.root / "out" / "folder").mkdir()
        self.assertEqual(pick_up(self).documents, ())

    def test_only_what_the_pattern_says(self):
        for name in ("a.edi", "b.EDI", "c.csv"):
            self.file(name)
        poll = pick_up(self, pattern="*.edi")
        self.assertEqual(sorted(one.filename for one in poll.documents), ["a.edi", "b.EDI"])

    # -- pictures ------------------------------------------------------------------------------

    def test_a_pdf_beside_a_document_comes_with_it_and_both_are_put_away(self):
        self.file("R-1.xml", b"<one/>")
        self.file("r-1.PDF", b"%PDF-1")
        self.file("R-2.xml", b"<two/>")
        poll = pick_up(self, pattern="*.xml")
        found = {one.filename: [tuple(file) for file in one.beside] for one in poll.documents}
        self.assertEqual(found, {"R-1.xml": [("r-1.PDF", b"%PDF-1")], "R-2.xml": []})
        poll.done()
        self.assertEqual(self.names("out"), [])
        self.assertEqual(self.names("out/archive"), ["R-1.xml", "R-2.xml", "r-1.PDF"])

    def test_a_pdf_alone_is_a_document_if_the_pattern_says_so(self):
        self.file("R-1.xml", b"<one/>")
        self.file("R-10.pdf", b"%PDF-10")
        found = {one.filename: one.beside for one in pick_up(self).documents}
        self.assertEqual(found, {"R-1.xml": (), "R-10.pdf": ()})
        self.assertEqual([one.filename for one in pick_up(self, pattern="*.xml").documents], ["R-1.xml"])

    def test_what_is_only_called_like_a_picture_is_a_document_of_its_own(self):
        self.file("R-1.xml", b"<one/>")
        self.file("R-1.pdf", b"<html>no picture</html>")
        poll = pick_up(self, pattern="*.xml")
        found = {one.filename: (one.raw, one.beside) for one in poll.documents}
        self.assertEqual(found, {"R-1.xml": (b"<one/>", ()), "R-1.pdf": (b"<html>no picture</html>", ())})

    def test_a_document_waits_until_its_picture_is_whole(self):
        self.file("R-1.xml", b"<one/>")
        path = self.file("R-1.pdf", b"%PDF-")
        with self.writing(path):
            self.assertEqual(pick_up(self, settle=0.3).documents, ())
        [document] = pick_up(self).documents
        self.assertEqual((document.filename, document.beside[0].raw), ("R-1.xml", path.read_bytes()))

    def test_pictures_that_are_left_there_come_once_and_late_ones_with_their_document(self):
        self.file("R-1.xml", b"<one/>")
        first = pick_up(self, after="keep")
        self.file("R-1.pdf", b"%PDF-1")
        seen = frozenset(first.cursor.splitlines())
        late = pick_up(self, after="keep", seen=seen)
        [document] = late.documents
        self.assertEqual((document.key, document.beside[0].raw), (first.documents[0].key, b"%PDF-1"))
        seen = frozenset(late.cursor.splitlines())
        self.assertEqual(pick_up(self, after="keep", seen=seen).documents, ())

    def test_a_picture_that_is_too_large_is_named_and_both_stay(self):
        self.file("R-1.xml", b"<one/>")
        self.file("R-1.pdf", b"%PDF-" + b"x" * 2000)
        result = pick_up(self, most=1000).result
        self.assertEqual(result.outcome, "refused")
        self.assertIn("R-1.pdf", result.detail)
        self.assertEqual(self.names("out"), ["R-1.pdf", "R-1.xml"])

    # -- what is there already ------------------------------------------------------------------

    def test_what_is_left_there_is_fetched_once(self):
        self.file("a.edi", b"1")
        poll = pick_up(self, after="keep")
        self.assertIsNone(poll.done)
        seen = frozenset(poll.cursor.splitlines())
        self.assertEqual(pick_up(self, after="keep", seen=seen).documents, ())
        time.sleep(1.1)
        self.file("a.edi", b"2")
        self.assertEqual(pick_up(self, after="keep", seen=seen).documents[0].raw, b"2")

    def test_deleting_spares_a_file_that_came_meanwhile(self):
        self.file("a.edi", b"1")
        poll = pick_up(self, after="delete")
        time.sleep(1.1)
        self.file("a.edi", b"new")
        poll.done()
        self.assertEqual((self.root / "out/a.edi").read_bytes(), b"new")

    def test_a_file_that_is_too_large_is_named_and_stays(self):
        self.file("big.csv", b"x" * 2000)
        result = pick_up(self, most=1000).result
        self.assertEqual(result.outcome, "refused")
        self.assertIn("big.csv", result.detail)
        self.assertEqual(self.names("out"), ["big.csv"])

    def test_many_files_come_in_turns(self):
        for number in range(105):
            self.file(f"{number:03}.edi", str(number).encode())
        first = pick_up(self, after="delete")
        self.assertTrue(first.more)
        first.done()
        second = pick_up(self, after="delete")
        self.assertFalse(second.more)
        self.assertEqual(len(first.documents) + len(second.documents), 105)

    def test_no_path_leads_out_of_the_store(self):
        for path in ("../secret", "out/../../secret", "a\0b"):
            with self.assertRaises(Refused):
                inside(path)
        self.assertEqual(inside("/out/", "/archive//"), "out/archive")
        with self.assertRaises(StoreError):
            self.open_store().load("../secret", io.BytesIO(), 10)
