"""Pages whose forms are recorded in the audit trail."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeAlias, cast
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.admin.utils import unquote
from django.db import transaction
from django.db.models import Model, QuerySet
from django.forms import BaseForm, BaseFormSet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.module_loading import import_string

from core.types import Fields

# Column → what it was and what it became.
Changes: TypeAlias = Mapping[str, tuple[object, object]]


class Audited:
    """Writes what its forms save to the audit trail, in the same transaction.

    Django's own log of its admin goes with the people whom it tells of, so it gets nothing.
    """

    def construct_change_message(
        self,
        request: HttpRequest,
        form: BaseForm,
        formsets: Sequence[BaseFormSet[BaseForm]] | None,
        add: bool = False,  # noqa: FBT001, FBT002  Django's
    ) -> Changes:
        """Return the columns that a form changes, with the old and the new values."""
        changes = _changes(form, is_new=add)
        for formset in formsets or ():
            for one in filter(BaseForm.has_changed, formset.forms):
                changes |= {f"{one.prefix}.{name}": pair for name, pair in _changes(one).items()}
        return changes

    def log_addition(self, request: HttpRequest, obj: Model, message: Changes) -> None:
        """Record a new row."""
        _record("created", obj, message)

    def log_change(self, request: HttpRequest, obj: Model, message: Changes) -> None:
        """Record a changed row."""
        _record("changed", obj, message)

    def log_deletions(self, request: HttpRequest, queryset: Iterable[Model]) -> None:
        """Record rows that are about to be deleted; of many at once, `delete_queryset` does."""
        if transaction.get_connection().in_atomic_block:
            for row in queryset:
                _record("deleted", row, {})

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Model]) -> None:
        """Delete chosen rows, and record each."""
        with transaction.atomic():
            for row in queryset:
                _record("deleted", row, {})
            queryset.delete()

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Fields | None = None
    ) -> HttpResponse:
        """Show what the audit trail has of a row."""
        page = reverse("admin:accounts_auditevent_changelist")
        return redirect(f"{page}?{urlencode({'q': unquote(object_id)})}")


def _changes(form: BaseForm, *, is_new: bool = False) -> dict[str, tuple[object, object]]:
    names = form.cleaned_data if is_new else form.changed_data
    return {
        name: (None if is_new else form.initial.get(name), form.cleaned_data.get(name))
        for name in names
    }


def _record(verb: str, row: Model, changes: Changes) -> None:
    record = cast("Callable[[str, Model, Changes], None]", import_string(settings.AUDIT_FORMS))
    record(verb, row, changes)
