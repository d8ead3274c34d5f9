"""How a seller comes to its pages, and goes on from one to the next."""

from connect.hosted.services import links
from tests.factories import now

BACK = "https://market.example.com/"


def a_link(live_server, platform, seller, type="account_onboarding", **more) -> str:
    urls = {} if type == "login" else {"return_url": BACK, "refresh_url": f"{BACK}again"}
    _, token = links.create(
        tenant=platform, account_id=seller.account_id, type=type, at=now(), **urls, **more
    )
    return f"{live_server.url}/sellers/enter/{token}"


def base(seller) -> str:
    """What the addresses of a seller's pages begin with."""
    return f"/sellers/{seller.account_id}/test/"


def step(page) -> str:
    return page.url.rpartition("/")[2]


def go_on(page) -> str:
    page.get_by_role("button", name="Save and go on").click()
    return step(page)
