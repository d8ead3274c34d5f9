"""The reference in the browser: both viewers, in headless Chromium, with nothing from outside."""

import json
import shutil
import urllib.error
import urllib.request
from pathlib import Path

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "reference" / "openapi.json"
VIEWERS = [("/docs/", "#viewer .opblock-tag"), ("/docs/redoc/", ".redoc-wrap h1")]


@pytest.fixture(scope="module")
def browser():
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.mark.slow
@pytest.mark.parametrize(("path", "content"), VIEWERS)
def test_a_viewer_shows_the_document_and_asks_nobody_else(rialto_server, browser, path, content):
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    answered, refused, complaints = [], [], []
    page.on("response", lambda response: answered.append(response.url))
    page.on("requestfailed", lambda request: refused.append((request.url, request.failure)))
    page.on("pageerror", lambda error: complaints.append(str(error)))

    page.goto(rialto_server.base_url + path)
    page.wait_for_selector(content, timeout=60_000)
    # What a viewer asks for once it stands.
    page.wait_for_timeout(1_000)

    ours = (rialto_server.base_url, "data:", "blob:")
    assert [url for url in answered if not url.startswith(ours)] == []
    # Redoc wants its maker's logo; the page's policy stops that before anything is sent.
    assert all(why == "csp" for url, why in refused), refused
    assert complaints == []
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(overflow) <= 0
    page.set_viewport_size({"width": 1400, "height": 844})
    page.wait_for_selector(content)
    assert page.evaluate(overflow) <= 0
    context.close()


@pytest.mark.slow
@pytest.mark.parametrize("path", [path for path, _ in VIEWERS])
def test_the_policy_of_a_viewer_names_no_outside_host(rialto_server, path):
    with urllib.request.urlopen(rialto_server.base_url + path) as answer:
        policy = answer.headers["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "http" not in policy
    assert "script-src 'self';" in policy


@pytest.mark.slow
def test_the_document_is_the_committed_one_and_is_not_sent_twice(rialto_server):
    url = f"{rialto_server.base_url}/docs/openapi.json"
    with urllib.request.urlopen(url) as answer:
        content, etag = answer.read(), answer.headers["ETag"]

    assert json.loads(content) == json.loads(DOCUMENT.read_text())
    with pytest.raises(urllib.error.HTTPError) as again:
        urllib.request.urlopen(urllib.request.Request(url, headers={"If-None-Match": etag}))
    assert again.value.code == 304
