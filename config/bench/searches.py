"""Six searches of one account that no index helps, while another account reads."""

import threading
import time
from contextlib import suppress
from typing import Final

from config.bench.clients import Refused
from config.bench.turns import Merchant, Shop

_COUNT: Final = 6
_CLAUSES: Final = 10
_PATH: Final = "charges/search?query=" + "+OR+".join(
    f"billing_details.address.postal_code~'nothing{number}'" for number in range(_CLAUSES)
)
_SETTLING_SECONDS: Final = 1.0


def growth(searching: Merchant, key: str, *, times: int) -> float:
    """Return how many times as long a read takes while another account searches all it may.

    What is measured before and after is the other side of the ratio.

    Args:
        searching: Who searches, and has much to be searched.
        key: The key of who reads, in the same Rialto.
        times: How often.
    """
    shop = Shop(searching.port, key)
    path = f"customers/{shop.post('customers', name='Somebody')['id']}"
    alone = _measure(shop, path, times)
    over = threading.Event()
    searches = [threading.Thread(target=_search, args=(searching, over)) for _ in range(_COUNT)]
    for one in searches:
        one.start()
    try:
        time.sleep(_SETTLING_SECONDS)
        beside = _measure(shop, path, times)
    finally:
        over.set()
        for one in searches:
            one.join()
    alone += _measure(shop, path, times)
    return round(_p50(beside) / _p50(alone), 2)


def _search(merchant: Merchant, over: threading.Event) -> None:
    shop = Shop(merchant.port, merchant.key)
    while not over.is_set():
        # One too many, or one that took too long.
        with suppress(Refused):
            shop.get(_PATH)


def _measure(shop: Shop, path: str, times: int) -> list[float]:
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        shop.get(path)
        taken.append(time.perf_counter() - started)
    return taken


def _p50(taken: list[float]) -> float:
    return sorted(taken)[len(taken) // 2]
