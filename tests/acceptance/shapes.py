"""A caller that holds whatever it is answered to the classes of the official package."""

from typing import Any

from django.test import Client

from tests.acceptance import annotations, lists

# What a seller sees of its platform's objects is their ids.
_THE_PLATFORMS = {"source_transfer", "source_transfer_reversal"}


class Api:
    """A caller that checks the shape of whatever it is answered."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.client = Client()

    def __call__(
        self, method: str, path: str, account: str | None = None, **params: Any
    ) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self.key}"}
        headers |= {"Stripe-Account": account} if account else {}
        send = getattr(self.client, method.lower())
        if method == "POST":
            answer = send(
                f"/v1/{path}", data=params, content_type="application/json", headers=headers
            )
        else:
            answer = send(f"/v1/{path}", query_params=params, headers=headers)
        wire = answer.json()
        assert answer.status_code == 200, wire
        for found in annotations.every_object(wire):
            if not found.get("deleted"):
                assert annotations.faults(found, annotations.class_of(found)) == []
        for found in lists.inside(wire):
            assert lists.faults(lambda to, **params: self.get(to, account, **params), found) == []
        if method == "GET" and "expand[]" not in params:
            self.expand(path, account, wire, params)
        return wire

    def expand(self, path: str, account: str | None, wire: Any, params: dict[str, Any]) -> None:
        """Ask again with all that the description expands, of each of what a list has."""
        is_list = wire["object"] == "list"
        kinds = {one["object"]: one for one in (wire["data"] if is_list else [wire])}
        before = "data." if is_list else ""
        for kind, one in kinds.items():
            names = annotations.expandable(one)
            if not names or len(kinds) > 1:
                continue
            paths = [before + name for name in names]
            shown = self("GET", path, account, **params, **{"expand[]": paths})
            for each in shown["data"] if is_list else [shown]:
                ids = {n for n in names if isinstance(each.get(n), str)} - _THE_PLATFORMS
                absent = set(names) - each.keys() if not each.get("deleted") else set()
                assert (kind, ids, absent) == (kind, set(), set())

    def get(self, path: str, account: str | None, **params: Any) -> tuple[int, dict[str, Any]]:
        headers = {"Authorization": f"Bearer {self.key}"}
        headers |= {"Stripe-Account": account} if account else {}
        answer = self.client.get(path, query_params=params, headers=headers)
        return answer.status_code, answer.json()
