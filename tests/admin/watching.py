"""A middleware of the tests: a page of the console that writes, and writes nothing to the trail.

Nor does a page show what somebody typed as if it were part of the page.
"""

import re
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse

from tests.hostile import PLANTED

TRAIL = "accounts_auditevent"
# What a page keeps of who uses it, and of what to send: no decision of anybody.
KEPT = {"accounts_letter", "accounts_session"}
WRITTEN = re.compile(
    r'\b(?:INSERT INTO|UPDATE|DELETE FROM)\s+"?'
    r"((?:accounts|connect|ledger|payments|processors|webhooks|api|auth)_\w+)"
)
# Logging in and out is recorded by who lets people in.
OF_SESSIONS = ("/admin/login/", "/admin/confirm/", "/admin/logout/")


class Watched:
    """Fail a request that changed a table and recorded nothing, or shows a planted element."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith("/admin/") or request.path.startswith(OF_SESSIONS):
            return self.get_response(request)
        tables: set[str] = set()

        def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            result = execute(sql, params, many, context)
            if str(sql).startswith("ROLLBACK"):
                tables.clear()
            tables.update(WRITTEN.findall(str(sql)))
            return result

        with connection.execute_wrapper(note):
            response = self.get_response(request)
        is_page = response.get("Content-Type", "").startswith("text/html")
        assert not (is_page and PLANTED in response.content), f"{request.path} does not escape"
        changed = tables - KEPT
        assert response.status_code >= 400 or not changed or TRAIL in changed, (
            f"{request.method} {request.path} {request.POST.dict()} changed {sorted(changed)} and "
            "nothing of it is in the audit trail"
        )
        return response
