"""Links that open a file to whoever has them, until they end."""

from datetime import timedelta

import pytest
from django.test import Client

from accounts import queries
from accounts.services import files
from core.errors import InvalidRequest
from core.tenant import Tenant
from tests.accounts.test_files import PDF, a_file, get, path_of, upload
from tests.factories import a_key, a_platform, now

pytestmark = pytest.mark.django_db


@pytest.fixture
def platform() -> Tenant:
    return a_platform()


@pytest.fixture
def key(platform) -> str:
    return a_key(platform)


def test_a_link_opens_a_file_to_anybody_until_it_ends(platform, key):
    row, at = a_file(platform), now()
    link = files.create_link(
        tenant=platform, file_id=row.id, expires_at=at + timedelta(hours=1), at=at
    )
    path = f"/links/{queries.token_of(link.id)}"

    opened = get(None, path)
    files.update_link(tenant=platform, link_id=link.id, changes={"expires_at": "now"}, at=now())
    closed = get(None, path)

    assert b"".join(opened.streaming_content) == PDF
    assert "Set-Cookie" not in opened
    assert closed.status_code == 404
    with pytest.raises(InvalidRequest, match="expired"):
        files.update_link(tenant=platform, link_id=link.id, changes={}, at=now())
    assert get(key, f"/v1/file_links/{link.id}").json()["expired"] is True


def test_a_link_cannot_be_guessed_from_its_id(platform):
    link = files.create_link(tenant=platform, file_id=a_file(platform).id, at=now())
    token = queries.token_of(link.id)

    for guess in (link.id, f"{link.id}.", token[:-1], f"{token}x", "\0", "x" * 5_000):
        assert get(None, f"/links/{guess}").status_code == 404
    assert Client().post(f"/links/{token}").status_code == 404


def test_a_link_can_be_made_with_the_file_and_found_by_it(key):
    made = upload(
        key, **{"file_link_data[create]": "true", "file_link_data[metadata][a]": "b"}
    ).json()

    (link,) = made["links"]["data"]
    listed = get(key, path_of("http://x" + made["links"]["url"])).json()["data"]

    assert (link["file"], link["metadata"]) == (made["id"], {"a": "b"})
    assert link["expires_at"] == made["created"] + 365 * 86_400
    assert [item["id"] for item in listed] == [link["id"]]
    assert get(None, path_of(link["url"])).status_code == 200
    assert get(key, "/v1/file_links", expired="true").json()["data"] == []
    expanded = get(key, f"/v1/file_links/{link['id']}", **{"expand[]": "file"}).json()
    assert expanded["file"]["id"] == made["id"]


def test_a_link_must_end_in_the_future(platform):
    row, at = a_file(platform), now()

    with pytest.raises(InvalidRequest, match="future"):
        files.create_link(tenant=platform, file_id=row.id, expires_at=at, at=at)
    link = files.create_link(tenant=platform, file_id=row.id, at=at)
    with pytest.raises(InvalidRequest, match="future"):
        files.update_link(tenant=platform, link_id=link.id, changes={"expires_at": at}, at=at)
