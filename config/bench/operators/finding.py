"""`python -m config.bench.operators.finding MIDDLE`: what the console's box takes."""

import json
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from config.bench.operators.home import owners_request
from core.types import JsonObject

if TYPE_CHECKING:
    from core.database.finding import Typed

_TIMES: Final = 100
_WARMING_UP: Final = 5


def main(middle: str) -> JsonObject:
    """Return what is looked for → p95 in ms, and the worst of them.

    Args:
        middle: How the ids of a payment end that has as many before it as after it.
    """
    import django

    django.setup()
    from console.find import kinds

    request = owners_request()
    found, scope = kinds.kinds_for(request), kinds.scope_of(request)
    taken = {
        what: _p95(lambda typed: kinds.look(found, typed, scope), text)
        for what, text in _texts(middle).items()
    }
    return {"p95_ms": taken, "worst_ms": max(taken.values())}


def _texts(middle: str) -> dict[str, str]:
    """Return what is looked for → as it is typed: what one, what all and what none has."""
    return {
        "an end of an id": middle[-8:],
        "an amount that all have": "20.00",
        "an amount that none has": "987654.32",
        "last digits that all have": "4242",
        "last digits that none has": "9999",
        "an order number": "A-6735",
        "a name that all payers have": "Somebody",
        "a last name of one payer": "number77",
        "a name that none has": "Nobody",
        "a promotion code": "SUMMER20",
        "an address": "nobody@example.com",
    }


def _p95(look: "Callable[[Typed], object]", text: str) -> float:
    from console.find import reading

    typed = reading.read(text).typed
    taken = []
    for number in range(-_WARMING_UP, _TIMES):
        started = time.perf_counter()
        look(typed)
        if number >= 0:
            taken.append(time.perf_counter() - started)
    return round(sorted(taken)[len(taken) * 95 // 100] * 1000, 1)


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1])))
