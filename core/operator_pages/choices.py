"""Filters of lists by one choice that is no column of the table."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.db.models import Model
from django.http import HttpRequest


class ChoiceFilter(admin.ListFilter):
    """One choice, with its input in the form of filters."""

    template = "admin/column_filter.html"
    name: ClassVar[str]
    options: ClassVar[Mapping[str, str]]

    def __init__(
        self,
        request: HttpRequest,
        params: dict[str, list[str]],
        model: type[Model],
        model_admin: "ModelAdmin[Any]",
    ) -> None:
        super().__init__(request, params, model, model_admin)
        self.value = params.pop(self.name, [""])[-1]

    def has_output(self) -> bool:
        """Return that it is shown."""
        return True

    def expected_parameters(self) -> list[str | None]:
        """Return the name of the input."""
        return [self.name]

    def choices(self, changelist: object) -> Iterator[Mapping[str, object]]:
        """Return the input."""
        yield {
            "name": self.name,
            "label": self.title,
            "type": "select",
            "value": self.value,
            "options": list(self.options.items()),
        }
