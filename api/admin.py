from django.contrib import admin

from api.models import RequestLog
from core.admin import ReadOnly


@admin.register(RequestLog)
class RequestLogAdmin(ReadOnly):
    list_display = (
        "id", "method", "path", "status_code", "duration_ms", "error_code", "account_id",
        "created_at",
    )  # fmt: skip
    search_help_text = "req_… or acct_…"
    searched_exactly = ("account_id",)
