"""How the list of payments is filtered besides by its own columns."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from core.operator_pages.choices import ChoiceFilter
from payments import method_types


class MethodFilter(ChoiceFilter):
    """Payments by a type of payment method, paid or not."""

    title = "method"
    name = "method"
    options = {"": "any"} | {type: method_types.of(type).title for type in method_types.TYPES}

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep the payments by methods of the type."""
        return queryset.filter(payment_method__type=self.value) if self.value else queryset
