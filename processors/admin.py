"""The operators' pages of this room."""

from django.contrib import admin

from core.admin import ReadOnly
from processors.models import InboundNotice


@admin.register(InboundNotice)
class InboundNoticeAdmin(ReadOnly):
    """What processors told us, and what became of it."""

    list_display = (
        "id", "processor", "outside_id", "received_at", "applied_at", "tries", "problem",
    )  # fmt: skip
    search_help_text = "inn_…"
