"""Files: taken in pieces, for a purpose, and given out only to whoever may have them."""

import hashlib
import zipfile
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import catalog, queries
from accounts.models import File, FileChunk
from accounts.services import files
from core.browsers.content_policies import OF_FILES
from core.errors import InvalidRequest, Missing
from core.tenant import Tenant
from tests.factories import a_key, a_platform, now

pytestmark = pytest.mark.django_db

PNG = b"\x89PNG\r\n\x1a\n"
PDF = b"%PDF-1.7\n"
MIB = 1_048_576


def office(name: str) -> bytes:
    archive = BytesIO()
    # Of no day: the clock of whoever collects the tests would stand in it.
    with zipfile.ZipFile(archive, "w") as paper:
        paper.writestr(zipfile.ZipInfo("[Content_Types].xml"), "<Types/>")
        paper.writestr(zipfile.ZipInfo(name), "<document/>" * 1_000)
    return archive.getvalue()


@pytest.fixture
def platform() -> Tenant:
    return a_platform()


@pytest.fixture
def key(platform) -> str:
    return a_key(platform)


def a_file(tenant: Tenant, purpose: str = "dispute_evidence", content: bytes = PDF) -> File:
    return files.create(
        tenant=tenant,
        purpose=purpose,
        filename="a.pdf",
        content=BytesIO(content),
        sha256=hashlib.sha256(content).hexdigest(),
        at=now(),
    )


def upload(key: str, content: bytes = PDF, name: str = "receipt.pdf", **params: Any) -> Any:
    headers = {"Authorization": f"Bearer {key}"} | params.pop("headers", {})
    body = {"purpose": "dispute_evidence", "file": SimpleUploadedFile(name, content)} | params
    return Client().post("/v1/files", body, headers=headers)


def get(key: str | None, path: str, **params: Any) -> Any:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    return Client().get(path, params, headers=headers)


def path_of(url: str) -> str:
    return "/" + url.split("/", 3)[3]


def test_what_was_uploaded_comes_back_byte_for_byte(key):
    content = PDF + bytes(range(256)) * 4_000

    made = upload(key, content).json()
    answer = get(key, path_of(made["url"]))

    assert (made["size"], made["type"], made["filename"]) == (len(content), "pdf", "receipt.pdf")
    assert b"".join(answer.streaming_content) == content
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Length"] == str(len(content))
    assert FileChunk.objects.filter(file_id=made["id"]).count() == 4


def test_a_file_is_given_out_as_something_to_save_and_never_to_run(key):
    made = upload(key, name='quo"te.pdf').json()

    answer = get(key, path_of(made["url"]))

    assert answer["Content-Disposition"].startswith("attachment; filename=")
    assert answer["Content-Security-Policy"] == OF_FILES
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Request-Id"].startswith("req_")


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("receipt.html", "receipt.pdf"),
        ("receipt.PDF", "receipt.PDF"),
        ("receipt.pdf.html", "receipt.pdf.pdf"),
        ("receipt", "receipt.pdf"),
        ("Order no. 12", "Order no. 12.pdf"),
        (".html", "html.pdf"),
        ("fdp\u202e.exe", "fdp.pdf"),
        ("x" * 255, "x" * 251 + ".pdf"),
    ],
)
def test_a_file_keeps_its_name_with_the_ending_of_what_it_is(key, name, kept):
    made = upload(key, PDF + b"<script>alert(1)</script>", name).json()

    assert made["filename"] == kept
    given = get(key, path_of(made["url"]))
    assert given["Content-Type"] == "application/pdf"
    assert ".html" not in given["Content-Disposition"]


def test_a_name_of_an_earlier_release_is_given_out_with_the_right_ending(platform, key):
    row = a_file(platform)
    File.objects.filter(id=row.id).update(filename="page.html")

    assert get(key, f"/v1/files/{row.id}").json()["filename"] == "page.pdf"
    assert "page.pdf" in get(key, f"/v1/files/{row.id}/contents")["Content-Disposition"]


def test_a_name_with_folders_loses_them(key):
    assert upload(key, name="../../etc/passwd.pdf").json()["filename"] == "passwd.pdf"


@pytest.mark.parametrize(
    ("purpose", "content", "name", "kind"),
    [
        ("business_logo", PNG, "logo.jpg", "png"),
        ("business_logo", b"GIF89a...", "logo", "gif"),
        ("identity_document", b"\xff\xd8\xff\xe0", "me.jpeg", "jpg"),
        ("tax_document_user_upload", b"a,b\n1,2\n", "t.csv", "csv"),
        ("tax_document_user_upload", office("xl/workbook.xml"), "t.xlsx", "xlsx"),
        ("tax_document_user_upload", office("word/document.xml"), "t.xlsx", "docx"),
        ("platform_terms_of_service", "# Ä".encode(), "terms.md", "md"),
    ],
    ids=lambda value: "" if isinstance(value, bytes) else value,
)
def test_a_file_is_what_its_bytes_say(key, purpose, content, name, kind):
    assert upload(key, content, name, purpose=purpose).json()["type"] == kind


@pytest.mark.parametrize(
    ("purpose", "content", "name"),
    [
        ("dispute_evidence", b"<script>", "receipt.pdf"),
        ("dispute_evidence", b"<svg/>", "picture.svg"),
        ("dispute_evidence", b"GIF89a", "picture.png"),
        ("business_logo", PDF, "logo.png"),
        ("tax_document_user_upload", b"a\0b", "t.csv"),
        ("tax_document_user_upload", b"\xff\xfe", "t.csv"),
        ("tax_document_user_upload", b"PK\x03\x04...", "t.xlsx"),
        ("tax_document_user_upload", office("a.txt"), "t.docx"),
    ],
    ids=lambda value: "" if isinstance(value, bytes) else value,
)
def test_a_purpose_takes_its_own_kinds_only(key, purpose, content, name):
    answer = upload(key, content, name, purpose=purpose)

    assert answer.status_code == 400
    assert answer.json()["error"]["param"] == "file"
    assert answer.json()["error"]["code"] == "invalid_file_type"
    assert not File.objects.exists()


def test_a_purpose_takes_files_up_to_its_own_size(key):
    most = PNG + bytes(MIB // 2 - len(PNG))

    fits = upload(key, most, "logo.png", purpose="business_logo")
    over = upload(key, most + b"\0", "logo.png", purpose="business_logo")

    assert fits.status_code == 200, fits.content
    assert over.status_code == 400
    assert over.json()["error"]["code"] == "file_too_large"


def test_no_file_is_larger_than_the_largest_purpose_takes(key):
    answer = upload(key, PDF + bytes(catalog.MOST_BYTES), purpose="pci_document")

    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "file_too_large"
    assert answer.json()["error"]["param"] == "file"


def test_a_body_that_says_it_is_too_large_is_refused_unread(key):
    class Unreadable(BytesIO):
        def read(self, *_: Any) -> bytes:
            raise AssertionError("It was read.")

    answer = Client().generic(
        "POST",
        "/v1/files",
        b"-",
        content_type="multipart/form-data; boundary=x",
        headers={"Authorization": f"Bearer {key}"},
        CONTENT_LENGTH="99999999",
        **{"wsgi.input": Unreadable()},
    )

    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "file_too_large"


@pytest.mark.parametrize(
    ("params", "param", "code"),
    [
        ({"purpose": "world_domination"}, "purpose", None),
        ({"purpose": ""}, "purpose", "parameter_invalid_empty"),
        ({"surprise": "1"}, "surprise", "parameter_unknown"),
        ({"file": "text"}, "file", None),
        ({"file": SimpleUploadedFile("empty.pdf", b"")}, "file", None),
        ({"other": SimpleUploadedFile("a.pdf", PDF), "file": ""}, "other", "parameter_unknown"),
        ({"file_link_data[expires_at]": "1"}, "file_link_data[create]", "parameter_missing"),
    ],
)
def test_what_cannot_be_taken_is_refused_by_name(key, params, param, code):
    answer = upload(key, **params)

    assert answer.status_code == 400, answer.content
    assert answer.json()["error"]["param"] == param
    assert answer.json()["error"].get("code") == code
    assert not File.objects.exists()


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/x-www-form-urlencoded", b"purpose=dispute_evidence&file=a"),
        ("application/json", b"{}"),
        ("multipart/form-data", b"--x--"),
        ("multipart/form-data; boundary=", b""),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data\r\n"),
        ("multipart/form-data; boundary=x", b"\0\xff" * 500),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n'
            b"Content-Transfer-Encoding: base64\r\n\r\n!!!\r\n--x--\r\n",
        ),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="a\0b"\r\n\r\n\xff\r\n--x--\r\n',
        ),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n' * 1_200,
        ),
    ],
)
def test_a_broken_body_is_a_bad_request(key, kind, body):
    answer = Client().generic(
        "POST", "/v1/files", body, content_type=kind, headers={"Authorization": f"Bearer {key}"}
    )

    assert answer.status_code == 400, answer.content
    assert answer.json()["error"]["type"] == "invalid_request_error"


def test_an_upload_that_was_cut_off_keeps_nothing(key):
    body = b'--x\r\nContent-Disposition: form-data; name="purpose"\r\n\r\npci_document\r\n'
    body += b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n' + PDF

    answer = Client().generic(
        "POST",
        "/v1/files",
        body,
        content_type="multipart/form-data; boundary=x",
        headers={"Authorization": f"Bearer {key}"},
        CONTENT_LENGTH=str(len(body) + 1_000),
        **{"wsgi.input": BytesIO(body)},
    )

    assert answer.status_code == 400
    assert not File.objects.exists()


def test_the_same_upload_again_is_one_file(key):
    again = {"headers": {"Idempotency-Key": "once"}}

    first, second = upload(key, **again), upload(key, **again)
    other = upload(key, PDF + b"other", **again)

    assert first.json()["id"] == second.json()["id"]
    assert second["Idempotent-Replayed"] == "true"
    assert (other.status_code, other.json()["error"]["type"]) == (400, "idempotency_error")
    assert File.objects.count() == 1


def test_a_publishable_key_neither_uploads_nor_reads(platform, key):
    public = a_key(platform, kind="publishable")
    made = upload(key).json()

    assert upload(public).status_code == 403
    assert get(public, path_of(made["url"])).status_code == 403


def test_another_account_sees_no_file_of_mine(platform, key):
    row = a_file(platform)
    stranger = a_key(a_platform())
    live = a_key(Tenant(platform.account_id, livemode=True))

    for other in (stranger, live):
        assert get(other, f"/v1/files/{row.id}").status_code == 404
        assert get(other, f"/v1/files/{row.id}/contents").status_code == 404
        assert get(other, "/v1/files").json()["data"] == []
        answer = Client().post(
            "/v1/file_links",
            {"file": row.id},
            content_type="application/json",
            headers={"Authorization": f"Bearer {other}"},
        )
        assert (answer.status_code, answer.json()["error"]["param"]) == (400, "file")


def test_papers_about_people_are_taken_and_never_given_out(platform, key):
    row = a_file(platform, "identity_document")

    shown = get(key, f"/v1/files/{row.id}").json()

    assert (shown["url"], shown["links"]) == (None, None)
    assert get(key, f"/v1/files/{row.id}/contents").status_code == 400
    with pytest.raises(InvalidRequest, match="not given out"):
        files.create_link(tenant=platform, file_id=row.id, at=now())


def test_other_rooms_take_a_file_for_its_own_purpose_only(platform):
    row = a_file(platform)
    mine = {"param": "evidence[receipt]"}

    assert queries.file_for(platform, row.id, "dispute_evidence", **mine) == row
    with pytest.raises(InvalidRequest, match="dispute_evidence") as wrong:
        queries.file_for(platform, row.id, "pci_document", **mine)
    with pytest.raises(Missing) as foreign:
        queries.file_for(a_platform(), row.id, "dispute_evidence", **mine)
    assert wrong.value.param == foreign.value.param == "evidence[receipt]"


def test_a_page_of_files_costs_three_queries_however_long_it_is(platform, key):
    for _ in range(5):
        files.create_link(tenant=platform, file_id=a_file(platform).id, at=now())

    with CaptureQueriesContext(connection) as asked:
        answer = get(key, "/v1/files", purpose="dispute_evidence")

    assert len(answer.json()["data"]) == 5
    # The key, the files, and their links.
    assert len(asked) == 3
