"""The same calls to a Rialto with few payments and to one with many, in turns.

What slows the machine for a while slows both, so that their ratio holds on a machine that has
other work too.
"""

import http.client
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from config.bench.clients import Refused
from core.types import JsonObject

_WARMING_UP: Final = 20
# Reads a table that does not grow: how much the two differ apart from their payments.
CONTROL: Final = "control"

_Call = Callable[[int], object]


@dataclass(frozen=True, slots=True)
class Merchant:
    """A merchant with many or few payments.

    Args:
        port: The port of its Rialto, on loopback.
        key: Its secret key.
        middle: How the ids of a payment end that has as many before it as after it.
    """

    port: int
    key: str
    middle: str


class Shop:
    """A merchant on a connection that it keeps."""

    def __init__(self, port: int, key: str) -> None:
        self._line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self._head = {
            "Authorization": f"Bearer {key}",
            "Content-Type": "application/x-www-form-urlencoded",
        }

    def get(self, path: str) -> JsonObject:
        """Read.

        Raises:
            Refused: If it does not succeed.
        """
        return self._ask("GET", path, None)

    def post(self, path: str, **params: str) -> JsonObject:
        """Do.

        Raises:
            Refused: If it does not succeed.
        """
        return self._ask("POST", path, urlencode(params))

    def pay(self, **more: str) -> JsonObject:
        """Return a payment of 20 dollars."""
        return self.post(
            "payment_intents",
            amount="2000",
            currency="usd",
            payment_method="pm_card_visa",
            confirm="true",
            **more,
        )

    def _ask(self, method: str, path: str, body: str | None) -> JsonObject:
        self._line.request(method, f"/v1/{path}", body, self._head)
        answer = self._line.getresponse()
        payload: JsonObject = json.loads(answer.read())
        if answer.status != 200:
            raise Refused(f"{method} {path}: {payload}")
        return payload


def measure(merchants: Mapping[int, Merchant], *, times: int) -> JsonObject:
    """Measure the calls of merchants, by how many payments they have.

    Returns:
        `p50_ms`: size → call → milliseconds; `growth`: call → how many times as long the largest
        size takes as the smallest, in the median of the turns; `control`: the same of a call
        whose table does not grow.
    """
    calls = {size: _calls(one, times + _WARMING_UP) for size, one in merchants.items()}
    names = list(calls[min(calls)])
    taken: dict[int, dict[str, list[float]]] = {size: {n: [] for n in names} for size in calls}
    for number in range(times + _WARMING_UP):
        # Whoever comes second finds the processor's caches warm: each does so as often.
        order = list(calls) if number % 2 else list(calls)[::-1]
        for name in names:
            for size in order:
                started = time.perf_counter()
                calls[size][name](number)
                if number >= _WARMING_UP:
                    taken[size][name].append(time.perf_counter() - started)
    few, many = taken[min(calls)], taken[max(calls)]
    growth = {
        name: round(_p50([b / a for a, b in zip(few[name], many[name], strict=True)]), 2)
        for name in names
    }
    control = growth.pop(CONTROL)
    found = {
        str(size): {name: round(_p50(each) * 1000, 3) for name, each in by_name.items()}
        for size, by_name in sorted(taken.items())
    }
    return {"p50_ms": found, "growth": growth, "control": control}


def _calls(merchant: Merchant, times: int) -> dict[str, _Call]:
    shop, middle = Shop(merchant.port, merchant.key), merchant.middle
    customer = shop.post("customers", name="Somebody")["id"]
    held = [shop.pay(capture_method="manual")["id"] for _ in range(times)]
    paid = [shop.pay()["id"] for _ in range(times)]
    moment = shop.get(f"payment_intents/pi_{middle}")["created"]
    gets = {
        CONTROL: f"customers/{customer}",
        "retrieve": f"payment_intents/pi_{middle}",
        "retrieve_charge": f"charges/ch_{middle}",
        "list": "payment_intents?limit=10",
        "list_from_the_middle": f"payment_intents?limit=10&starting_after=pi_{middle}",
        "list_until_the_middle": f"payment_intents?limit=10&created[lte]={moment}",
        "list_charges": "charges?limit=10",
        "list_charges_from_the_middle": f"charges?limit=10&starting_after=ch_{middle}",
        "list_charges_until_the_middle": f"charges?limit=10&created[lte]={moment}",
        "list_charges_of_an_intent": f"charges?payment_intent=pi_{middle}",
        "list_refunds": "refunds?limit=10",
        "list_refunds_of_a_charge": f"refunds?charge=ch_{middle}",
    }
    return {name: _get(shop, path) for name, path in gets.items()} | {
        "pay": lambda _: shop.pay(),
        "capture": lambda n: shop.post(f"payment_intents/{held[n]}/capture"),
        "refund": lambda n: shop.post("refunds", payment_intent=paid[n]),
    }


def _get(shop: Shop, path: str) -> _Call:
    return lambda _: shop.get(path)


def _p50(taken: list[float]) -> float:
    return sorted(taken)[len(taken) // 2]
