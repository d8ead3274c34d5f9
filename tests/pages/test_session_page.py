"""The page of a session in its merchant's colours, in a real browser: seen, and read by axe."""

from io import BytesIO

import pytest

from accounts.models import Account
from accounts.services import files
from tests.checkout.shopping import Shop
from tests.factories import now
from tests.pages.looking import assert_is_good

pytestmark = pytest.mark.django_db(transaction=True)

# One white dot.
GIF = bytes.fromhex(
    "47494638396101000100800000ffffff00000021f90400000000002c00000000010001000002024401003b"
)


@pytest.mark.parametrize(("head", "button"), [("#777777", "#fefefe"), ("#0a7f5a", "#000000")])
def test_branded_pages_are_readable_in_both_languages(live_server, phone, head, button):
    shop = Shop()
    icon = files.create(
        tenant=shop.tenant,
        purpose="business_icon",
        filename="icon.gif",
        content=BytesIO(GIF),
        sha256="",
        at=now(),
    )
    colors = {"primary_color": head, "secondary_color": button, "icon": icon.id}
    Account.objects.update(settings={"branding": colors})
    problems = []
    phone.on("console", lambda message: problems.append(message.text))
    path = "/" + shop.session()["url"].split("/", 3)[3]

    for language in ("en", "th"):
        phone.goto(f"{live_server.url}{path}?lang={language}")

        assert_is_good(phone)
        assert phone.locator("header img").evaluate("image => image.naturalWidth") == 1
    assert problems == []
