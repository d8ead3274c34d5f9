"""The guide's budget app runs as it stands: somebody agrees, and it sees so much and no more."""

import html
import http.cookiejar
import os
import re
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from urllib.parse import urlencode

import pytest

from accounts.models import Membership, OAuthApplication, User
from core.tenant import Tenant
from tests.factories import a_paid_intent
from tests.servers import free_port

GUIDE = Path(__file__).parents[2] / "docs" / "how-to" / "connect-accounts-with-oauth.md"

pytestmark = pytest.mark.slow


class Browser:
    """Follows links, keeps cookies and fills in forms."""

    def __init__(self) -> None:
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(jar)
        self.at = self.text = ""

    def go(self, url, data=None, **headers):
        asked = urllib.request.Request(url, data and urlencode(data).encode(), headers)
        with self.opener.open(asked, timeout=30) as answer:
            self.at, self.text = answer.url, answer.read().decode()

    def send(self, **params):
        hidden = re.findall(r'type="hidden" name="(\w+)"(?: value="([^"]*)")?', self.text)
        fields = {name: html.unescape(value) for name, value in hidden} | params
        self.go(self.at, fields, Referer=self.at)


@pytest.fixture
def app(rialto_server, tmp_path):
    """The running app's address, and the account that somebody can share with it."""
    port = free_port()
    account_id, _ = rialto_server.new_platform()
    platform_id, key = rialto_server.new_platform()
    with rialto_server.using_its_database():
        a_paid_intent(Tenant(account_id, livemode=False), amount=100_00)
        client_id = "ca_" + platform_id.removeprefix("acct_")
        OAuthApplication.objects.create(
            account_id=platform_id,
            livemode=False,
            name="Budget",
            client_id=client_id,
            redirect_uris=f"http://127.0.0.1:{port}/back",
            client_type="confidential",
            authorization_grant_type="authorization-code",
            resources=["balance", "balance_transactions"],
        )
        person = User.objects.create_user(f"{account_id}@example.com", "secret")
        Membership.objects.create(user=person, account_id=account_id, role="owner")
    (code,) = re.findall(r"^```python\n(.*?)^```$", GUIDE.read_text(), re.MULTILINE | re.DOTALL)
    program = tmp_path / "budget.py"
    program.write_text(code)
    env = {
        "RIALTO_URL": rialto_server.base_url,
        "RIALTO_KEY": key,
        "RIALTO_CLIENT_ID": client_id,
        "PORT": str(port),
    }
    running = subprocess.Popen([sys.executable, str(program)], env=os.environ | env)
    yield f"http://127.0.0.1:{port}/", account_id
    running.kill()
    running.wait(10)


def reached(browser, url):
    for _ in range(100):
        try:
            return browser.go(url)
        except urllib.error.URLError:
            time.sleep(0.1)
    return browser.go(url)


def test_it_reads_what_somebody_shares_and_is_refused_the_rest(app):
    url, account_id = app
    browser = Browser()
    reached(browser, url)
    browser.send(username=f"{account_id}@example.com", password="secret")
    assert "Budget wants to see your account" in browser.text
    assert "Your balance" in browser.text

    browser.send(allow="true")

    lines = browser.text.split("<br>")
    assert lines[0] == f"Account {account_id}"
    assert lines[1:] == [
        "available 0 usd",
        "pending 9680 usd",
        "charge 9680 usd",
        "charges: more_permissions_required",
    ]


def test_who_says_no_shares_nothing(app):
    url, account_id = app
    browser = Browser()
    reached(browser, url)
    browser.send(username=f"{account_id}@example.com", password="secret")

    browser.send()

    assert browser.text == "Nothing was shared: access_denied"
