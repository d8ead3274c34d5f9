"""The payer's page wears what its merchant says, and stays readable and small."""

from io import BytesIO

import pytest

from accounts.models import Account
from accounts.services import files
from checkout import pages
from checkout.hosted import branding
from core.browsers.content_policies import OF_FILES
from tests.checkout.shopping import LAMP, Shop
from tests.checkout.test_session_pages import Payer
from tests.factories import a_platform, a_seller, now

pytestmark = pytest.mark.django_db(transaction=True)

PNG = b"\x89PNG\r\n\x1a\n"
STATEMENTS = {"payments": {"statement_descriptor": "NOKS LAMPS"}}


@pytest.fixture
def shop():
    return Shop()


def a_picture(tenant, purpose="business_logo", size=64):
    return files.create(
        tenant=tenant,
        purpose=purpose,
        filename="picture.png",
        content=BytesIO(PNG + b"\0" * size),
        sha256="",
        at=now(),
    ).id


def wear(tenant, **settings):
    Account.objects.filter(id=tenant.account_id).update(name="Nok's lamps", settings=settings)


def test_what_is_written_on_a_colour_can_be_read_whatever_the_colour():
    steps = [f"{step:02x}" for step in range(0, 256, 15)]
    colors = [f"#{red}{green}{blue}" for red in steps for green in steps for blue in steps]

    least = min(branding.contrast(branding.readable_on(color), color) for color in colors)

    assert least >= 4.5
    assert branding.contrast("#ffffff", "#000000") == 21
    assert round(branding.contrast("#ffffff", "#767676"), 2) == 4.54


def test_the_page_wears_its_merchants_name_colours_picture_and_statement(shop):
    icon, logo = (a_picture(shop.tenant, f"business_{name}") for name in ("icon", "logo"))
    colors = {"primary_color": "#0a7f5a", "secondary_color": "#ffd400"}
    wear(shop.tenant, branding={"icon": icon, "logo": logo} | colors, **STATEMENTS)
    payer = Payer(shop.session(line_items=[{"price_data": LAMP, "quantity": 2}]))

    page = payer.look()
    picture = payer.client.get(pages.picture_address(logo))

    assert "header { background: #0a7f5a; color: #ffffff" in page.text
    assert "button.pay { background: #ffd400; border-color: currentColor;\n  color: #000000" in (
        page.text
    )
    assert f'<img src="{pages.picture_address(logo)}" alt="">' in page.text
    assert "On your statement: NOKS LAMPS" in page.text
    assert "img-src 'self'; style-src" in page["Content-Security-Policy"]
    assert (picture["Content-Type"], picture.content[:8]) == ("image/png", PNG)
    assert picture["Content-Security-Policy"] == OF_FILES
    assert picture["X-Content-Type-Options"] == "nosniff"
    assert len(page.content) + 30_000 < 50_000


def test_a_session_says_otherwise_and_a_seller_is_worn_for_whom_it_is(shop):
    own = a_picture(shop.tenant, "business_icon")
    wear(shop.tenant, branding={"primary_color": "#0a7f5a"})
    session = shop.session(
        branding_settings={
            "display_name": "Nok by night",
            "background_color": "#101030",
            "button_color": "#303090",
            "icon": {"type": "file", "file": own},
            "logo": {"type": "url", "url": "https://shop.example.com/logo.png"},
        }
    )
    seller = a_seller(shop.tenant)
    wear(seller, branding={"primary_color": "#902020"}, **STATEMENTS)
    theirs = shop.session(
        payment_intent_data={
            "on_behalf_of": seller.account_id,
            "statement_descriptor_suffix": "order 7",
        }
    )

    page, other = Payer(session).look().text, Payer(theirs).look().text

    for part in ("Nok by night", "#101030", "#303090", pages.picture_address(own)):
        assert part in page
    assert "shop.example.com/logo.png" not in page
    for part in ("background: #902020", "NOKS LAMPS* ORDER 7"):
        assert part in other
    assert "<img" not in other


def test_what_is_too_large_no_picture_or_no_colour_is_left_out(shop):
    large = a_picture(shop.tenant, size=30_000)
    wear(shop.tenant, branding={"logo": large, "primary_color": "}*{x:y", "secondary_color": "r"})
    paper = a_picture(shop.tenant, "dispute_evidence")
    payer = Payer(shop.session())

    page = payer.look()

    assert "<img" not in page.text
    assert "x:y" not in page.text
    assert "img-src" not in page["Content-Security-Policy"]
    for address in (
        pages.picture_address(large),
        pages.picture_address(paper),
        f"/brand/{large}/{'x' * 43}",
    ):
        assert payer.client.get(address).status_code == 404


def test_a_picture_that_nobody_has_uploaded_for_it_is_refused(shop):
    foreign, paper = a_picture(a_platform()), a_picture(shop.tenant, "dispute_evidence")
    seller = a_seller(shop.tenant)
    its, ours = a_picture(seller), a_picture(shop.tenant)

    def refusal(path, **params):
        status, wire = shop.ask("POST", path, **params)
        return status, wire["error"]["param"]

    lamp = {"line_items": [{"price_data": LAMP, "quantity": 1}], "success_url": "https://a.example"}
    for id, expected in ((foreign, 404), (paper, 400)):
        picture = {"logo": {"type": "file", "file": id}}
        place = "branding_settings[logo][file]"
        assert refusal("checkout/sessions", branding_settings=picture, **lamp)[1] == place
        status, param = refusal(
            f"accounts/{seller.account_id}", settings={"branding": {"logo": id}}
        )
        assert (status in (400, 404), param) == (True, "settings[branding][logo]"), expected
    assert refusal(
        f"accounts/{seller.account_id}", settings={"branding": {"primary_color": "green"}}
    ) == (400, "settings[branding][primary_color]")
    assert refusal("checkout/sessions", branding_settings={"icon": {"type": "url"}}, **lamp) == (
        400,
        "branding_settings[icon][url]",
    )
    for good in (its, ours):
        branded = {"branding": {"logo": good, "primary_color": "#0a7f5a"}}
        shown = shop("POST", f"accounts/{seller.account_id}", settings=branded)
        assert shown["settings"]["branding"]["logo"] == good


def test_the_page_of_a_link_wears_the_same(shop):
    wear(shop.tenant, branding={"logo": a_picture(shop.tenant), "primary_color": "#0a7f5a"})
    price = shop("POST", "prices", currency="usd", unit_amount=2000, product_data={"name": "Lamp"})
    link = shop("POST", "payment_links", line_items=[{"price": price["id"], "quantity": 1}])

    page = Payer(link).look()

    assert "header { background: #0a7f5a; color: #ffffff" in page.text
    assert '<img src="/brand/' in page.text
    assert "img-src 'self'" in page["Content-Security-Policy"]
