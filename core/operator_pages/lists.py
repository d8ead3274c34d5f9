"""Lists by keyset: a page begins after a row, whatever comes before it, and nothing is counted."""

from typing import Any, Final

from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import connection
from django.db.models import CharField, Model, QuerySet
from django.db.models.expressions import Combinable
from django.http import HttpRequest
from django.utils.translation import gettext

AFTER: Final = "after"
BEFORE: Final = "before"
# Up to so many rows are counted; of more it is said that there are more.
MOST_COUNTED: Final = 2_000

# Of a table in partitions, those of each.
_ROWS: Final = """
    SELECT sum(greatest(c.reltuples, 0))::bigint FROM pg_class c, to_regclass(%s) t
    WHERE c.relkind = 'r'
        AND (c.oid = t OR c.oid IN (SELECT inhrelid FROM pg_inherits WHERE inhparent = t))
"""


class Unnumbered(Paginator[Model]):
    """What the admin asks for; its pages have no numbers."""

    template_name = "admin/keyset_pagination.html"

    @property
    def count(self) -> int:
        """Nothing is counted for pages."""
        return 0


class KeysetList(ChangeList):
    """A list of the newest rows first, page after page, in the order of the key."""

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        self.after = request.GET.get(AFTER, "")
        self.before = request.GET.get(BEFORE, "")
        self.next_address = self.previous_address = self.first_address = ""
        self.size = ""
        super().__init__(request, *args, **kwargs)
        # Whatever else the list is asked for, it begins at its top.
        self.filter_params = self._without_place(self.filter_params)

    def get_filters_params(self, params: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return what the filters are given."""
        return self._without_place(super().get_filters_params(params))

    def get_ordering(
        self, request: HttpRequest, queryset: QuerySet[Model]
    ) -> list[str | Combinable]:
        """Sort by the key alone: keys are younger the later they sort."""
        return ["-pk"]

    def get_results(self, request: HttpRequest) -> None:
        """Read a page, and whether there are others."""
        most = self.list_per_page
        rows = self.queryset
        if self.before and not self.after:
            found = list(rows.filter(pk__gt=self._key(self.before)).order_by("pk")[: most + 1])
            has_previous, has_next = len(found) > most, True
            found = found[:most][::-1]
        else:
            if self.after:
                rows = rows.filter(pk__lt=self._key(self.after))
            found = list(rows[: most + 1])
            has_previous, has_next = bool(self.after), len(found) > most
            found = found[:most]
        self.result_list = found
        self.result_count = self.full_result_count = len(found)
        self.show_full_result_count = False
        self.show_admin_actions = bool(found)
        self.can_show_all = self.multi_page = False
        self.paginator = Unnumbered(self.queryset, most)
        if found and has_next:
            self.next_address = self._address(AFTER, found[-1])
        if found and has_previous:
            self.previous_address = self._address(BEFORE, found[0])
        self.first_address = self.get_query_string()
        self.size = self._size(has_others=has_next or has_previous)

    def _address(self, place: str, row: Model) -> str:
        self.filter_params = self._without_place(self.filter_params)
        return self.get_query_string({place: row.pk})

    def _key(self, text: str) -> object:
        """Read a key out of the address.

        Raises:
            IncorrectLookupParameters: If it is none.
        """
        key = self.lookup_opts.pk
        try:
            if "\x00" in text or len(text) > 255:
                raise ValidationError("This is no key.")
            return text if isinstance(key, CharField) else key.clean(text, None)
        except ValidationError as error:
            raise IncorrectLookupParameters(error) from error

    def _size(self, *, has_others: bool) -> str:
        """Say how many rows there are, without counting more than a few."""
        if not has_others:
            return _count(len(self.result_list), self.opts)
        if not self.queryset.query.where:
            with connection.cursor() as cursor:
                cursor.execute(_ROWS, [self.opts.db_table])
                (estimate,) = cursor.fetchone()
            if estimate > MOST_COUNTED:
                return gettext("About %(count)s %(what)s") % {
                    "count": _rounded(estimate),
                    "what": self.opts.verbose_name_plural,
                }
        if self.after or self.before:
            # It was said on the first page.
            return ""
        found = len(self.queryset.values_list("pk")[: MOST_COUNTED + 1])
        if found > MOST_COUNTED:
            return gettext("More than %(count)s %(what)s") % {
                "count": f"{MOST_COUNTED:,}",
                "what": self.opts.verbose_name_plural,
            }
        return _count(found, self.opts)

    @staticmethod
    def _without_place(params: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in params.items() if name not in (AFTER, BEFORE)}


def _count(number: int, opts: Any) -> str:
    return f"{number:,} {opts.verbose_name if number == 1 else opts.verbose_name_plural}"


def _rounded(number: int) -> str:
    """Return two digits of a number, as people say it."""
    if number >= 1_000_000:
        return gettext("%(count)s million") % {"count": f"{number / 1_000_000:.1f}"}
    return f"{round(number, -len(str(number)) + 2):,}"
