"""The official package connects an account to a platform, uses it and lets go of it."""

from datetime import timedelta

import pytest
import stripe

from accounts.models import OAuthApplication, OAuthGrant, User
from core.ids import new_id
from tests.factories import now

BACK = "https://budget.example.com/back"


def test_the_official_package_does_all_of_it(rialto_server, monkeypatch):
    monkeypatch.setattr(stripe, "connect_api_base", rialto_server.base_url)
    monkeypatch.setattr(stripe, "api_base", rialto_server.base_url)
    account_id, own_key = rialto_server.new_platform()
    platform_id, key = rialto_server.new_platform()
    with rialto_server.using_its_database():
        application = OAuthApplication.objects.create(
            account_id=platform_id,
            livemode=False,
            name="Budget",
            redirect_uris=BACK,
            client_id="ca_" + platform_id.removeprefix("acct_"),
            client_type="confidential",
            authorization_grant_type="authorization-code",
        )
        code = new_id("link")
        OAuthGrant.objects.create(
            user=User.objects.create_user(f"{code}@example.com"),
            application=application,
            code=OAuthGrant.digest_of(code),
            redirect_uri=BACK,
            expires=now() + timedelta(minutes=5),
            scope="read_only",
            account_id=account_id,
        )
    monkeypatch.setattr(stripe, "client_id", application.client_id)

    token = stripe.OAuth.token(api_key=key, grant_type="authorization_code", code=code)

    assert (token.stripe_user_id, token.scope) == (account_id, "read_only")
    assert stripe.Balance.retrieve(api_key=token.access_token).object == "balance"
    with pytest.raises(stripe.PermissionError):
        stripe.Customer.create(api_key=token.access_token)
    with pytest.raises(stripe.oauth_error.InvalidGrantError):
        stripe.OAuth.token(api_key=key, grant_type="authorization_code", code=code)
    with pytest.raises(stripe.oauth_error.InvalidClientError):
        stripe.OAuth.deauthorize(api_key=own_key, stripe_user_id=account_id)
    ended = stripe.OAuth.deauthorize(api_key=key, stripe_user_id=account_id)
    assert ended.stripe_user_id == account_id
    with pytest.raises(stripe.AuthenticationError):
        stripe.Balance.retrieve(api_key=token.access_token)
