"""The guide's app runs as it stands, with a client library that is not ours, against a server."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from accounts.models import Membership, OAuthApplication, OAuthProfile, User
from core.ids import new_id
from core.tenant import Tenant
from tests.factories import a_paid_intent
from tests.guides.test_budget_app import Browser, reached
from tests.servers import free_port

GUIDE = Path(__file__).parents[2] / "docs" / "how-to" / "let-an-app-read-accounts.md"

pytestmark = pytest.mark.slow


@pytest.fixture
def app(rialto_server, tmp_path):
    """The running app's address, and the account that somebody can share with it."""
    port = free_port()
    (code,) = re.findall(r"^```python\n(.*?)^```$", GUIDE.read_text(), re.MULTILINE | re.DOTALL)
    (tmp_path / "budget.py").write_text(code)
    command = [sys.executable, "budget.py"]
    env = {"RIALTO_URL": rialto_server.base_url, "PORT": str(port)}
    first = subprocess.run(
        command, cwd=tmp_path, env=os.environ | env, capture_output=True, text=True, timeout=60
    )
    account_id, _ = rialto_server.new_platform()
    platform_id, _ = rialto_server.new_platform()
    client_id = new_id("fapi")
    with rialto_server.using_its_database():
        a_paid_intent(Tenant(account_id, livemode=False), amount=100_00)
        OAuthApplication.objects.create(
            account_id=platform_id,
            livemode=False,
            name="Budget",
            client_id=client_id,
            profile=OAuthProfile.FAPI2,
            jwks=json.loads(first.stderr),
            redirect_uris=f"http://127.0.0.1:{port}/back",
            client_type="confidential",
            authorization_grant_type="authorization-code",
        )
        person = User.objects.create_user(f"{account_id}@example.com", "secret")
        Membership.objects.create(user=person, account_id=account_id, role="owner")
    env |= {"RIALTO_CLIENT_ID": client_id}
    running = subprocess.Popen(command, cwd=tmp_path, env=os.environ | env)
    yield f"http://127.0.0.1:{port}/", account_id
    running.kill()
    running.wait(10)


def test_it_reads_what_an_owner_shares_and_is_refused_the_rest(app):
    url, account_id = app
    browser = Browser()
    reached(browser, url)
    browser.send(username=f"{account_id}@example.com", password="secret")
    assert "Budget wants to see your account" in browser.text

    browser.at = browser.at.partition("?")[0]
    browser.send(allow="true")

    assert browser.text.split("<br>") == [
        f"Account {account_id}",
        "available 0 usd",
        "pending 9680 usd",
        "charge 9680 usd",
        "charges: more_permissions_required",
        "stolen: dpop_proof_invalid",
        "available 0 usd",
    ]


def test_who_says_no_shares_nothing(app):
    url, account_id = app
    browser = Browser()
    reached(browser, url)
    browser.send(username=f"{account_id}@example.com", password="secret")

    browser.at = browser.at.partition("?")[0]
    browser.send()

    assert browser.text == "Nothing was shared: access_denied"
