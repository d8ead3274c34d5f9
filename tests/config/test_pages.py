import urllib.error
import urllib.request

import pytest


def test_the_admin_asks_for_a_login_and_is_dressed(rialto_server):
    with urllib.request.urlopen(f"{rialto_server.base_url}/admin/") as answer:
        page = answer.read().decode()

    assert answer.url.endswith("/admin/login/?next=/admin/")
    sheet = next(part for part in page.split('"') if part.startswith("/static/") and ".css" in part)
    with urllib.request.urlopen(rialto_server.base_url + sheet) as answer:
        assert answer.headers["Content-Type"].startswith("text/css")


def test_a_page_that_does_not_exist_is_not_found(rialto_server):
    with pytest.raises(urllib.error.HTTPError) as refusal:
        urllib.request.urlopen(f"{rialto_server.base_url}/nothing")

    assert refusal.value.code == 404


def test_the_api_sets_no_cookies(rialto_server):
    asked = urllib.request.Request(
        f"{rialto_server.base_url}/v1/balance",
        headers={"Authorization": f"Bearer {rialto_server.secret_key}"},
    )

    with urllib.request.urlopen(asked) as answer:
        assert "Set-Cookie" not in answer.headers
