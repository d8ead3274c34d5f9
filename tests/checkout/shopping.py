"""A merchant with a shop, for the tests of sessions."""

from typing import Any

from django.test import Client

from tests.factories import a_key, a_platform

LAMP = {"currency": "usd", "unit_amount": 2000, "product_data": {"name": "Lamp"}}
HOME = {"success_url": "https://shop.example.com/thanks?id={CHECKOUT_SESSION_ID}"}


class Shop:
    """A merchant that speaks to the API with its secret key."""

    def __init__(self) -> None:
        self.tenant = a_platform()
        self.key = a_key(self.tenant)
        self.client = Client()

    def __call__(self, method: str, path: str, **params: Any) -> Any:
        status, wire = self.ask(method, path, **params)
        assert status == 200, wire
        return wire

    def ask(self, method: str, path: str, **params: Any) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {self.key}"}
        if method == "POST":
            answer = self.client.post(
                f"/v1/{path}", data=params, content_type="application/json", headers=headers
            )
        else:
            answer = self.client.get(f"/v1/{path}", query_params=params, headers=headers)
        return answer.status_code, answer.json()

    def session(self, **more: Any) -> Any:
        """Open a session for a lamp, unless something else is wanted."""
        wanted = {"line_items": [{"price_data": LAMP, "quantity": 1}], **HOME, **more}
        return self("POST", "checkout/sessions", **wanted)

    def link(self, **more: Any) -> Any:
        """Make a payment link for a lamp, unless something else is wanted."""
        return self("POST", "payment_links", **{"line_items": [{"price_data": LAMP}], **more})

    def complete(self, session: Any, **more: Any) -> Any:
        return self("POST", f"test_helpers/checkout/sessions/{session['id']}/complete", **more)

    def read(self, session: Any) -> Any:
        return self("GET", f"checkout/sessions/{session['id']}")

    def expire(self, session: Any) -> Any:
        return self("POST", f"checkout/sessions/{session['id']}/expire")
