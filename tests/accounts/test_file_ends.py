"""Files and their links end: by their purpose, by their account's room, with who made them."""

from datetime import timedelta
from io import BytesIO

import pytest

from accounts import queries
from accounts.models import File, FileChunk, FileLink
from accounts.services import file_removal, files
from connect.models import Person
from core.errors import InvalidRequest
from core.tenant import Tenant
from payments.models import Dispute
from tests.accounts.test_files import PDF, PNG, a_file, get, path_of, upload
from tests.connect.test_oauth_detachment import let_in, shop  # noqa: F401  the seller
from tests.connect.test_oauth_ends import by_its_owner
from tests.factories import a_key, a_platform, now
from tests.payments.disputing import a_dispute

pytestmark = pytest.mark.django_db


@pytest.fixture
def platform() -> Tenant:
    return a_platform()


@pytest.fixture
def key(platform) -> str:
    return a_key(platform)


def aged(row: File, **ages: timedelta) -> File:
    for column, age in ages.items():
        setattr(row, column, now() - age)
    row.save()
    return row


def has_content(row: File) -> bool:
    return FileChunk.objects.filter(file_id=row.id).exists()


def test_evidence_expires_after_270_days_and_other_files_never(key):
    evidence = upload(key).json()
    logo = upload(key, PNG, "logo.png", purpose="business_logo").json()

    assert evidence["expires_at"] == evidence["created"] + 270 * 86_400
    assert logo["expires_at"] is None


def test_an_account_keeps_so_many_files(key, settings):
    settings.FILES_MOST = 2
    assert [upload(key).status_code for _ in range(2)] == [200, 200]

    over = upload(key)

    assert over.status_code == 400
    error = over.json()["error"]
    assert (error["code"], error["param"]) == ("file_quota_exceeded", "file")
    assert "keeps 2 files in test mode, and may keep 2." in error["message"]
    assert File.objects.count() == 2


def test_an_account_keeps_so_many_bytes_in_each_mode_and_what_is_gone_does_not_count(
    platform, key, settings
):
    settings.FILES_MOST_BYTES = 100
    first = upload(key, PDF + bytes(60)).json()
    assert upload(key, PDF + bytes(60)).json()["error"]["code"] == "file_quota_exceeded"
    live = a_key(Tenant(platform.account_id, livemode=True))
    assert upload(live, PDF + bytes(60)).status_code == 200
    aged(File.objects.get(id=first["id"]), expires_at=timedelta(0))

    file_removal.remove_due(at=now())

    assert upload(key, PDF + bytes(60)).status_code == 200


def test_an_expired_file_is_given_to_nobody_and_its_link_leads_nowhere(platform, key):
    row = a_file(platform)
    link = files.create_link(tenant=platform, file_id=row.id, at=now())
    path = f"/links/{queries.token_of(link.id)}"
    assert get(None, path).status_code == 200
    aged(row, expires_at=timedelta(seconds=1))

    assert get(None, path).status_code == 404
    assert get(key, f"/v1/files/{row.id}/contents").status_code == 404
    shown = get(key, f"/v1/files/{row.id}").json()
    assert (shown["url"], shown["links"]["data"][0]["expired"]) == (None, True)
    assert [one["id"] for one in get(key, "/v1/file_links", expired="true").json()["data"]] == [
        link.id
    ]
    assert get(key, "/v1/file_links", expired="false").json()["data"] == []


def test_what_has_expired_is_removed_with_its_name(platform):
    row = aged(a_file(platform), expires_at=timedelta(0))

    assert file_removal.remove_due(at=now()) == 1
    assert file_removal.remove_due(at=now()) == 0

    row.refresh_from_db()
    assert not has_content(row)
    assert (row.filename, row.removed_at is not None) == ("file.pdf", True)
    with pytest.raises(InvalidRequest, match="Upload it again"):
        queries.file_for(platform, row.id, "dispute_evidence", param="evidence[receipt]")


def test_what_nothing_names_is_removed_after_thirty_days(platform):
    old = aged(a_file(platform, "identity_document"), created_at=timedelta(days=31))
    young = aged(a_file(platform, "identity_document"), created_at=timedelta(days=29))
    other = aged(a_file(platform, "pci_document"), created_at=timedelta(days=400))
    linked = aged(a_file(platform), created_at=timedelta(days=31))
    files.create_link(tenant=platform, file_id=linked.id, at=now())

    assert file_removal.remove_due(at=now()) == 1

    assert [has_content(row) for row in (old, young, other, linked)] == [False, True, True, True]


def test_papers_of_people_stay_as_long_as_the_people(shop):  # noqa: F811
    paper = aged(a_file(shop, "identity_document"), created_at=timedelta(days=500))
    person = Person.objects.create(
        account_id=shop.account_id,
        livemode=False,
        created_at=now(),
        details={"verification": {"document": {"front": paper.id}}},
    )

    assert file_removal.remove_due(at=now()) == 0
    Person.objects.filter(id=person.id).update(deleted_at=now())

    assert file_removal.remove_due(at=now()) == 1
    assert not has_content(paper)


@pytest.mark.django_db(transaction=True)
def test_evidence_stays_while_its_dispute_goes_on_even_when_it_has_expired(platform):
    dispute = a_dispute(platform)
    paper = aged(a_file(dispute.tenant), expires_at=timedelta(days=1))
    Dispute.objects.filter(id=dispute.id).update(evidence={"receipt": paper.id})

    assert file_removal.remove_due(at=now()) == 0
    Dispute.objects.filter(id=dispute.id).update(status="lost")

    assert file_removal.remove_due(at=now()) == 1


@pytest.mark.django_db(transaction=True)
def test_evidence_of_an_ended_dispute_stays_until_it_expires(platform):
    dispute = a_dispute(platform)
    paper = aged(a_file(dispute.tenant), created_at=timedelta(days=60))
    Dispute.objects.filter(id=dispute.id).update(status="won", evidence={"receipt": paper.id})

    assert file_removal.remove_due(at=now()) == 0
    assert has_content(paper)


def test_a_link_without_an_end_has_the_latest_and_none_may_be_later(platform):
    row, at = a_file(platform), now()

    link = files.create_link(tenant=platform, file_id=row.id, at=at)

    assert link.expires_at == at + timedelta(days=365)
    with pytest.raises(InvalidRequest, match="at most 365 days"):
        files.create_link(
            tenant=platform, file_id=row.id, expires_at=at + timedelta(days=366), at=at
        )
    sooner = {"expires_at": at + timedelta(hours=1)}
    files.update_link(tenant=platform, link_id=link.id, changes=sooner, at=at)
    files.update_link(tenant=platform, link_id=link.id, changes={"expires_at": None}, at=at)
    link.refresh_from_db()
    assert link.expires_at == at + timedelta(days=365)


def test_links_that_an_application_made_end_with_its_consent(shop):  # noqa: F811
    row = a_file(shop)
    own = files.create_link(tenant=shop, file_id=row.id, at=now())
    application, key, _ = let_in(shop)
    made = upload(key, PDF, **{"file_link_data[create]": "true"}).json()["links"]["data"][0]
    assert get(None, path_of(made["url"])).status_code == 200

    by_its_owner(application, shop)

    assert get(None, path_of(made["url"])).status_code == 404
    assert get(None, f"/links/{queries.token_of(own.id)}").status_code == 200
    assert FileLink.objects.get(id=made["id"]).platform_id == application.account_id


def test_no_row_of_content_is_left_without_its_file(platform):
    rows = [aged(a_file(platform, content=PDF + bytes(600_000)), expires_at=timedelta(0))]
    rows += [a_file(platform)]

    file_removal.remove_due(at=now())

    assert set(FileChunk.objects.values_list("file_id", flat=True)) == {rows[1].id}
    assert b"".join(queries.content(rows[1])) == BytesIO(PDF).read()
