"""Browsers at payment links, and links with few places."""

from django.test import Client

from tests.checkout.test_session_pages import VISA, Payer


class Visitor:
    """A browser without scripts at a payment link."""

    def __init__(self, link, language="en", address="127.0.0.1"):
        self.client = Client(headers={"Accept-Language": language}, REMOTE_ADDR=address)
        self.path = "/" + link["url"].split("/", 3)[3]

    def look(self, **query):
        return self.client.get(self.path, query_params=query)

    def go_on(self, **query):
        return self.client.post(self.path, query_params=query)

    def pay(self, **fields):
        """Go on to the session's page, and pay there."""
        payer = Payer({"url": self.go_on()["Location"]})
        return payer.send(**{**VISA, **fields})


def limited(shop, limit, **more):
    return shop.link(restrictions={"completed_sessions": {"limit": limit}}, **more)


def one_place(shop, **more):
    return limited(shop, 1, **more)
