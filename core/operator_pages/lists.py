"""Lists of rows, which never count a whole table and never show all of it."""

from functools import cached_property
from typing import ClassVar, cast

from django.contrib.admin.views.main import ChangeList
from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest


class BoundedPaginator(Paginator[Model]):
    """Never counts a whole table: past the bound, it says that there are more."""

    template_name = "admin/bounded_pagination.html"
    # Nobody turns so many pages; whoever looks for something older searches for it.
    most: ClassVar[int] = 2_000

    @cached_property
    def count(self) -> int:
        """The number of rows, up to the bound."""
        return min(self._found, self.most)

    @property
    def has_more(self) -> bool:
        """True if there are more rows than can be turned to."""
        return self._found > self.most

    @cached_property
    def _found(self) -> int:
        rows = cast("QuerySet[Model]", self.object_list)
        return len(rows.order_by("-pk").values_list("pk")[: self.most + 1])


class BoundedList(ChangeList):
    """A list that neither tells a number of results that is none nor offers to show all."""

    def get_results(self, request: HttpRequest) -> None:
        """Read the page. What was found is all that is told of."""
        super().get_results(request)
        self.full_result_count = self.result_count
