"""What Rialto does not have can be listed, and there is nothing in it."""

import pytest
from django.test import Client

from accounts.models import KeyKind
from api.empty_lists import PATHS
from tests.factories import a_key, a_platform

pytestmark = pytest.mark.django_db


def test_every_list_is_empty_whatever_is_asked_of_it():
    key = a_key(a_platform())
    for path in PATHS:
        answer = Client().get(
            f"/v1/{path}", {"limit": 100, "status": "active", "created[gte]": 1},
            headers={"Authorization": f"Bearer {key}"},
        )  # fmt: skip
        assert answer.status_code == 200, path
        assert answer.json() == {
            "object": "list", "data": [], "has_more": False, "url": f"/v1/{path}",
        }  # fmt: skip


@pytest.mark.parametrize(
    ("said", "param"), [({"limit": 101}, "limit"), ({"starting_after": "prod_1"}, "starting_after")]
)
def test_paging_is_checked_as_everywhere(said, param):
    answer = Client().get(
        "/v1/products", said, headers={"Authorization": f"Bearer {a_key(a_platform())}"}
    )

    assert (answer.status_code, answer.json()["error"]["param"]) == (400, param)


def test_nothing_can_be_made_there_and_nobody_looks_without_a_key():
    platform = a_platform()
    key, narrow = a_key(platform), a_key(
        platform, kind=KeyKind.RESTRICTED, permissions={"products": "read"}
    )  # fmt: skip

    made = Client().post("/v1/products", headers={"Authorization": f"Bearer {key}"})
    codes = [
        Client().get(f"/v1/{path}", headers={"Authorization": f"Bearer {narrow}"}).status_code
        for path in ("products", "prices")
    ]

    assert made.status_code == 404
    assert codes == [200, 403]
    assert Client().get("/v1/products").status_code == 401
