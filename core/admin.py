"""What every page of the operators' admin has in common."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from django.contrib import admin
from django.contrib.admin import AdminSite
from django.contrib.admin.utils import quote, unquote
from django.db.models import Model, Q, QuerySet
from django.db.models.options import Options
from django.forms import ModelForm
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext, gettext_lazy
from unfold.admin import ModelAdmin, TabularInline
from unfold.widgets import UnfoldAdminTextInputWidget

from core.database.fields import AmountField as AmountColumn
from core.money import Money
from core.operator_pages import columns, filters
from core.operator_pages.audited import Audited
from core.operator_pages.forms import AmountField, AmountsForm
from core.operator_pages.inlines import Newest
from core.operator_pages.lists import KeysetList, Unnumbered
from core.operator_pages.shown import ShowsAmounts
from core.security.visibility import is_in_other_mode, visible


class _Priced(Protocol):
    currency: str


class Listed(ModelAdmin):
    """A list by keyset: filters as its columns call for them, and values as people write them."""

    list_per_page = 50
    # Not even a short list is shown all at once: its address would show a long one so.
    list_max_show_all = 0
    ordering = ("-pk",)
    paginator = Unnumbered
    show_full_result_count = False
    # Any other order would read the whole table.
    sortable_by: Sequence[str] = ()

    def __init__(self, model: type[Model], admin_site: AdminSite) -> None:
        columns.name_for_people(model)
        columns.title_for_people(self)
        super().__init__(model, admin_site)

    def get_changelist(self, request: HttpRequest, **_: object) -> type[KeysetList]:
        """Return the kind of list."""
        return KeysetList

    def get_list_display(self, request: HttpRequest) -> list[object]:
        """Return the columns, of which moments, states, amounts and modes are written out."""
        names = list(super().get_list_display(request))
        if not {"livemode", "mode"} & set(names) and columns.has_mode(self.model):
            names.insert(-1, "livemode")
        return [columns.for_people(self.model, name) for name in names]

    def get_list_display_links(
        self, request: HttpRequest, list_display: Sequence[object]
    ) -> Sequence[object]:
        """Return the columns that lead to a row's page, as they are shown."""
        named = self.list_display_links or ()
        found = [
            column
            for column in list_display
            if column in named or getattr(column, "field_name", None) in named
        ]
        return found or list(super().get_list_display_links(request, list_display))

    def get_list_filter(self, request: HttpRequest) -> list[object]:
        """Return the page's own filters, and those of the table's columns."""
        own = [one for one in super().get_list_filter(request) if not isinstance(one, str)]
        return [*own, *filters.filters_of(self.model)]


class ReadOnly(Audited, ShowsAmounts, Listed):
    """A page to look at. Searches match whole ids, by an index."""

    actions: Sequence[str] | None = None
    form: type[ModelForm[Any]] = AmountsForm
    formfield_overrides = {
        **ModelAdmin.formfield_overrides,
        AmountColumn: {"form_class": AmountField, "widget": UnfoldAdminTextInputWidget},
    }
    search_fields: Sequence[str] = ("id",)
    search_help_text = "A whole id"
    # Indexed columns that a search looks into besides the key.
    searched_exactly: Sequence[str] = ()

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Model], search_term: str
    ) -> tuple[QuerySet[Model], bool]:
        """Match whole values of indexed columns only."""
        term = search_term.strip()
        if not term:
            return queryset, False
        found = Q(pk=term) if self._fits_key(term) else Q(pk=None)
        for column in self.searched_exactly:
            found |= Q(**{column: term})
        return queryset.filter(found), False

    def get_fieldsets(self, request: HttpRequest, obj: Model | None = None) -> list[Any]:
        """Show money as people write it where it is only looked at."""
        found = [
            (gettext(title) if title else title, dict(options))
            for title, options in super().get_fieldsets(request, obj)
        ]
        is_form = obj is None or self.has_change_permission(request, obj)
        for _, options in found:
            if "description" in options:
                options["description"] = gettext(options["description"])
            if not is_form:
                options["fields"] = self.show(options["fields"])
        return found

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, str]:
        """Fill in nothing from the address: a form begins with what its table says."""
        return {}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Model]:
        """Return the rows of the session's mode that the person may see."""
        rows: QuerySet[Model] = super().get_queryset(request)
        return visible(request, rows)

    def _get_obj_does_not_exist_redirect(
        self, request: HttpRequest, opts: Options[Model], object_id: str
    ) -> HttpResponse:
        """Offer the other mode if the row is there; what is nobody's or another's is missing.

        Raises:
            Http404: If there is no such row for the person.
        """
        id = unquote(object_id)
        if not is_in_other_mode(request, self.model, id):
            raise Http404
        return offer_other_mode(request, id)

    def _fits_key(self, term: str) -> bool:
        key = self.model._meta.pk
        # Not all that Unicode calls a digit is one to the database.
        is_number = term.isascii() and term.isdigit()
        return key.get_internal_type() == "CharField" or is_number

    def has_add_permission(self, request: HttpRequest, *_: object) -> bool:
        """Rows are made by operations."""
        return False

    def has_change_permission(self, request: HttpRequest, *_: object) -> bool:
        """Rows are changed by operations."""
        return False

    def has_delete_permission(self, request: HttpRequest, *_: object) -> bool:
        """Nothing is deleted."""
        return False


class ReadOnlyInline(ShowsAmounts, TabularInline):
    """Rows inside another's page, to look at: the newest, and few of them."""

    template = "admin/inline_rows.html"
    formset = Newest
    extra = 0
    can_delete = False
    show_change_link = True

    def __init__(self, parent_model: type[Model], admin_site: AdminSite) -> None:
        columns.name_for_people(self.model)
        columns.title_for_people(self)
        super().__init__(parent_model, admin_site)

    @property
    def leads_to_rows(self) -> bool:
        """Return whether each row has a page of its own."""
        return bool(self.show_change_link and self.has_registered_model)

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[Any, ...]:
        """Show money as people write it."""
        return self.show(super().get_fields(request, obj))

    def get_readonly_fields(
        self, request: HttpRequest, obj: Model | None = None
    ) -> tuple[Any, ...]:
        """Show money as people write it."""
        return self.show(super().get_readonly_fields(request, obj))

    def has_add_permission(self, request: HttpRequest, *_: object) -> bool:
        """Rows are made by operations."""
        return False

    def has_change_permission(self, request: HttpRequest, *_: object) -> bool:
        """Rows are changed by operations."""
        return False


def offer_other_mode(request: HttpRequest, id: str) -> HttpResponse:
    """Say that an object is of the other mode, and offer to switch to it."""
    context = admin.site.each_context(request) | {"title": id, "id": id}
    return TemplateResponse(request, "admin/other_mode.html", context, status=404)


def page_of(page: str, id: str | int) -> str:
    """Return the address of an object's page; the admin quotes keys in its own way."""
    return reverse(f"admin:{page}_change", args=[quote(id)])


def money(column: str = "amount", *, title: str = "amount") -> Callable[[_Priced], str]:
    """Make a column that shows minor units of the row's currency as people write them."""

    @admin.display(description=gettext_lazy(title), ordering=None)
    def shown(row: _Priced) -> str:
        amount = getattr(row, column)
        return "—" if amount is None else str(Money(amount, row.currency))

    return columns.showing(column, shown)


def link(column: str, page: str, *, title: str) -> Callable[[Model], str]:
    """Make a column that links an id to the page of its object, such as `"payments_charge"`."""

    @admin.display(description=gettext_lazy(title))
    def shown(row: Model) -> str:
        id = getattr(row, column)
        if not id:
            return "—"
        return format_html('<a href="{}">{}</a>', page_of(page, id), id)

    return columns.showing(column, shown)


def search_link(column: str, page: str, *, title: str) -> Callable[[Model], str]:
    """Make a column that links to a list, searched for the column's value."""

    @admin.display(description=gettext_lazy(title))
    def shown(row: Model) -> str:
        id = getattr(row, column)
        if not id:
            return "—"
        return format_html('<a href="{}?q={}">{}</a>', reverse(f"admin:{page}_changelist"), id, id)

    return shown
