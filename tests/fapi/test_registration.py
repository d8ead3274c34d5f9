"""An operator registers a FAPI client in the admin, with keys and addresses that are safe."""

import json

import pytest

from accounts.models import OAuthApplication
from core.ids import application_id
from tests.factories import a_platform
from tests.fapi.steps import BACK, a_key

pytestmark = pytest.mark.django_db

ADD = "/admin/accounts/oauthapplication/add/"


def form(platform, **more):
    keys = json.dumps({"keys": [a_key().as_dict(private=False)]})
    return {
        "account": platform.account_id,
        "profile": "fapi2",
        "name": "Budget",
        "redirect_uris": BACK,
        "jwks": keys,
        "resources": "[]",
    } | more


def test_a_client_gets_an_id_of_its_own(admin_client):
    platform = a_platform()

    answer = admin_client.post(ADD, form(platform, livemode="on"))

    assert answer.status_code == 302, answer.content.decode()[-3000:]
    row = OAuthApplication.objects.get()
    assert row.client_id.startswith("fapi_")
    assert (row.profile, row.livemode) == ("fapi2", True)
    page = admin_client.get(f"/admin/accounts/oauthapplication/{row.pk}/change/")
    assert row.client_id in page.content.decode()


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"jwks": ""}, "A key set is"),
        ({"jwks": '{"keys": [{"kty": "oct", "k": "x"}]}'}, "private or symmetric"),
        ({"redirect_uris": "http://a.example/"}, "Addresses begin with https"),
        ({"redirect_uris": "http://127.0.0.1/back", "livemode": "on"}, "Addresses begin with"),
        ({"redirect_uris": ""}, "Addresses begin with https"),
        ({"profile": "connect"}, "Only FAPI clients have keys here"),
    ],
)
def test_what_is_not_safe_is_not_kept(admin_client, more, words):
    answer = admin_client.post(ADD, form(a_platform(), **more))

    assert words in answer.content.decode()
    assert not OAuthApplication.objects.exists()


def test_a_client_of_connect_is_called_as_the_wire_has_it(admin_client):
    platform = a_platform()

    admin_client.post(ADD, form(platform, profile="connect", jwks="", livemode="on"))

    row = OAuthApplication.objects.get()
    assert row.client_id == application_id(platform.account_id)
    assert row.livemode is False
