"""`python -m config.bench.operators.home`: what the console's first page takes, for an owner."""

import json
import time
from typing import TYPE_CHECKING, Final

from core.types import JsonObject

if TYPE_CHECKING:
    from django.http import HttpRequest

_TIMES: Final = 40
_WARMING_UP: Final = 3


def main() -> JsonObject:
    """Return p50 and p95 in ms, and the queries of one view."""
    import django

    django.setup()
    from django.db import connection
    from django.template.response import TemplateResponse
    from django.test.utils import CaptureQueriesContext

    from console.home import page

    request = owners_request()

    def view() -> int:
        answer = page.home(request)
        assert isinstance(answer, TemplateResponse)
        return answer.render().status_code

    taken = []
    for number in range(-_WARMING_UP, _TIMES):
        started = time.perf_counter()
        assert view() == 200
        if number >= 0:
            taken.append(time.perf_counter() - started)
    with CaptureQueriesContext(connection) as asked:
        view()
    taken.sort()
    return {
        "p50_ms": round(taken[len(taken) // 2] * 1000, 1),
        "p95_ms": round(taken[len(taken) * 95 // 100] * 1000, 1),
        "queries": len(asked),
    }


def owners_request() -> "HttpRequest":
    """Build a request for the first page, by an owner; Django is set up."""
    from django.contrib.auth import get_user_model
    from django.contrib.sessions.backends.base import SessionBase
    from django.test import RequestFactory

    from core.security.role_words import Role

    request = RequestFactory().get("/admin/")
    request.user = get_user_model().objects.filter(operator_role=Role.OWNER).earliest("id")
    request.session = SessionBase()
    return request


if __name__ == "__main__":
    print(json.dumps(main()))
