from django.contrib import admin

from api.models import RequestLog
from core.admin import ReadOnly, link


@admin.register(RequestLog)
class RequestLogAdmin(ReadOnly):
    list_display = (
        "id", "method", "path", "status_code", "duration_ms", "error_code",
        link("account_id", "accounts_account", title="account"), "created_at",
    )  # fmt: skip
    search_help_text = "req_… or acct_…"
    searched_exactly = ("account_id",)
