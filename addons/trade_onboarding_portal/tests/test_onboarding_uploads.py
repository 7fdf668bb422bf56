"""Uploads: taken by what they are, refused in words."""

import io
import zipfile

from odoo.tests import tagged

from .. import uploads
from .common import PDF, OnboardingPortalCase

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
EXE = b"MZ\x90\x00" + b"\0" * 200
HTML = b"<!doctype html><html><script>alert(1)</script></html>"


def office(*names, **contents):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        for name in names:
            packed.writestr(name, contents.get(name, "x"))
    return file.getvalue()


@tagged("post_install", "-at_install")
class TestOnboardingUploads(OnboardingPortalCase):
    def setUp(self):
        super().setUp()
        _page, self.url = self.open(self.case)
        self.insurance = self.step("Insurance")
        self.address = f"{self.url}/step/{self.insurance.id}"

    def upload(self, name, content, said="application/pdf"):
        return self.fill(self.address, do="keep", files={"file": (name, content, said)})

    def files(self):
        self.env.invalidate_all()
        return self.insurance.sudo().file_ids

    def test_kept_named_and_typed_by_its_content(self):
        answer = self.upload("..\\..\\etc/Cover <1>.pdf", PDF, "text/html")
        self.assertEqual(answer.status_code, 200)
        file = self.files()
        self.assertEqual((file.name, file.mimetype, file.raw), ("Cover 1.pdf", "application/pdf", PDF))
        self.assertEqual((file.res_model, file.res_id), (self.insurance._name, self.insurance.id))
        self.assertFalse(self.insurance.sudo().entered_by_id)
        self.assertFalse(file.public or file.access_token)
        got = self.get(f"{self.address}/file/file")
        self.assertEqual(got.content, PDF)
        self.assertEqual(got.headers["X-Content-Type-Options"], "nosniff")
        self.assertTrue(got.headers["Content-Disposition"].startswith("attachment"))

    def test_what_is_taken(self):
        docx = office("[Content_Types].xml", "word/document.xml")
        odt = office("mimetype", mimetype="application/vnd.oasis.opendocument.text")
        for name, content in (
            ("a.png", PNG),
            ("a.JPG", b"\xff\xd8\xff\xe0x"),
            ("a.docx", docx),
            ("a.odt", odt),
        ):
            with self.subTest(name):
                self.assertEqual(uploads.check(self.env, name, content)[0], name)

    def test_what_unfolds_beyond_measure_is_refused_before_anybody_unpacks_it(self):
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
            packed.writestr("[Content_Types].xml", "x")
            packed.writestr("word/document.xml", b"0" * 20_000_000)
        answer = self.upload("bomb.docx", file.getvalue())
        self.assertEqual(answer.status_code, 422)
        self.assertIn("unfolds to far more", answer.text)
        self.assertFalse(self.files())

    def test_what_is_refused(self):
        macro = office("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin")
        for name, content in (
            ("a.svg", SVG),
            ("a.pdf", SVG),
            ("a.pdf", HTML),
            ("a.html", HTML),
            ("a.exe", EXE),
            ("a.pdf", EXE),
            ("a.pdf", b"\n" + PDF),
            ("a.docx", macro),
            ("a.docx", office("word/document.xml")),
            ("a.zip", office("a.exe")),
            ("a.docx", b"PK\x03\x04" + b"\xff" * 60),
            ("a.pdf", b"#!/bin/sh\nrm -rf /"),
            ("a.exe", PDF),
            ("a.pdf.html", PDF),
            (".pdf", PDF),
            ("pdf", PDF),
            ("a.pdf", b""),
        ):
            with self.subTest(f"{name} {content[:10]}"):
                answer = self.upload(name, content)
                self.assertEqual(answer.status_code, 422)
                self.assertIn('class="invalid-feedback d-block"', answer.text)
                self.assertFalse(self.files())
        self.assertFalse(self.insurance._values().get("file"))

    def test_too_large_and_too_many(self):
        self.env["ir.config_parameter"].sudo().set_param("trade_onboarding_portal.max_upload_bytes", "10000")
        answer = self.upload("a.pdf", PDF + b"x" * 10_000)
        self.assertIn("at most 0.01 MB", answer.text)
        self.patch(uploads, "MOST_FILES", 2)
        for _number in range(2):
            self.upload("a.pdf", PDF)
        self.assertEqual(self.upload("a.pdf", PDF).status_code, 422)
        self.assertEqual(len(self.files()), 2)

    def test_only_where_a_file_is_asked_for(self):
        page = self.get(self.address)
        self.save(self.address, page, files={"called": ("a.pdf", PDF), "number": ("b.pdf", PDF)})
        self.assertFalse(self.files())

    def test_a_number_from_elsewhere_is_no_file(self):
        mine = self._step(self.other, "Insurance")._attach("file", "theirs.pdf", b"%PDF-secret", None, True)
        self.env.flush_all()
        self.fill(self.address, do="keep", file=str(mine.id), **{"was-file": ""})
        self.env.invalidate_all()
        self.assertFalse(self.insurance._values().get("file"))
        self.assertEqual(self.get(f"{self.address}/file/file").status_code, 404)
