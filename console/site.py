"""The site that all pages of the console belong to."""

from collections.abc import Iterable
from importlib import import_module

from django.apps import AppConfig
from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.contrib.auth.models import AbstractBaseUser
from django.core.checks import CheckMessage
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, path
from django.utils.http import url_has_allowed_host_and_scheme
from unfold.sites import UnfoldAdminSite

from accounts.operator_pages import returned
from console import languages, sidebar
from core.security.roles import has_right, standing_of
from core.security.visibility import MODE, livemode_of
from core.types import JsonObject
from ledger import queries


class ConsoleSite(UnfoldAdminSite):
    """Register every room's pages, and give them one frame."""

    _is_discovered = False

    def discover(self) -> None:
        """Import every room's pages, which register themselves here.

        A room without any would be looked for on the disk again each time.
        """
        if not self._is_discovered:
            admin.autodiscover()
            self._is_discovered = True

    @property
    def pages(self) -> Iterable["ModelAdmin[Model]"]:
        """Return the pages of all tables."""
        self.discover()
        pages: Iterable[ModelAdmin[Model]] = self._registry.values()
        return pages

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Add the pages that join rooms, which need those rooms to be ready."""
        self.discover()
        own = import_module("console.urls").PAGES.items()
        return [
            path("mode/", self.admin_view(self.switch_mode), name="console_mode"),
            path("language/", self.admin_view(languages.choose), name="console_language"),
            *(path(address, self.admin_view(page), name=name) for address, (page, name) in own),
            *super().get_urls(),
        ]

    def check(self, app_configs: Iterable[AppConfig] | None) -> list[CheckMessage]:
        """Check the pages of all tables."""
        self.discover()
        messages: list[CheckMessage] = super().check(app_configs)
        return messages

    def index(self, request: HttpRequest, extra_context: JsonObject | None = None) -> HttpResponse:
        """Show the first page, which needs the other rooms to be ready."""
        answer: HttpResponse = import_module("console.home.page").home(request)
        return answer

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[JsonObject]:
        """List one room's tables: pages that are not about a room have the sidebar instead."""
        listed: list[JsonObject] = super().get_app_list(request, app_label) if app_label else []
        return listed

    def get_sidebar_list(self, request: HttpRequest) -> list[JsonObject]:
        """Return the sidebar as it is: the library would look for a callback in each text of it."""
        groups = sidebar.navigation(request)
        return [group | {"entries": sidebar.entries(group["items"])} for group in groups]

    def each_context(self, request: HttpRequest) -> JsonObject:
        """Say on every page which mode it shows, and of whom."""
        standing = standing_of(request.user)
        context: JsonObject = super().each_context(request)
        return context | {
            "returned": returned.take(request),
            "console": {
                "livemode": livemode_of(request),
                "platform_id": standing.platform_id if standing else "",
                "may_export": has_right(request.user, "export"),
            },
        }

    def switch_mode(self, request: HttpRequest) -> HttpResponse:
        """Look at the other mode from here on, in this session."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        request.session[MODE] = request.POST.get("livemode") == "true"
        back = request.POST.get("next", "")
        is_ours = url_has_allowed_host_and_scheme(
            back, {request.get_host()}, require_https=request.is_secure()
        )
        return redirect(back if is_ours else "admin:index")


def begin_in_mode(request: HttpRequest, user: AbstractBaseUser, **_: object) -> None:
    """Begin a session with the mode that counts: live, once anything of it is in the books."""
    request.session[MODE] = queries.has_accounts(livemode=True)
