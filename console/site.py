"""The site that all pages of the console belong to."""

from collections.abc import Iterable
from importlib import import_module

from django.contrib.admin import ModelAdmin
from django.db.models import Model
from django.urls import URLPattern, URLResolver, path
from unfold.sites import UnfoldAdminSite


class ConsoleSite(UnfoldAdminSite):
    """Register every room's pages, and give them one frame."""

    @property
    def pages(self) -> Iterable["ModelAdmin[Model]"]:
        """Return the pages of all tables."""
        pages: Iterable[ModelAdmin[Model]] = self._registry.values()
        return pages

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Add the pages that join rooms, which need those rooms to be ready."""
        own = import_module("console.urls").PAGES.items()
        return [
            *(path(address, self.admin_view(page), name=name) for address, (page, name) in own),
            *super().get_urls(),
        ]
