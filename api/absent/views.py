"""What Rialto does not have: empty lists, missing objects, and a reason why none can be made."""

import itertools
import re
from collections.abc import Callable, Iterator, Mapping
from typing import ClassVar, Final, cast

from django.http import HttpResponse
from django.urls import URLPattern, path

from api.absent.routes import ROUTES
from api.lists import pagination
from api.views import ApiRequest, ApiView, Wire
from api.wire.params import ListParams, Params
from core.errors import InvalidRequest, missing
from core.types import Fields, JsonObject

_DOES: Final = {"GET": ("list", "search", "read"), "POST": ("write",), "DELETE": ("delete",)}
_PLACE: Final = re.compile(r"{}")

# The first words of a route → what to do instead. All others belong to products of their own.
_INSTEAD: Final[dict[str, str]] = {
    **dict.fromkeys(
        ("billing", "billing_portal", "credit_notes", "entitlements", "invoice_payments",
         "invoice_rendering_templates", "invoiceitems", "invoices", "plans", "product_catalog",
         "quotes", "subscription_items", "subscription_schedules", "subscriptions"),
        "Keep what is sold, and when it is due, in a program of your own, and collect each payment "
        "with a PaymentIntent.",
    ),
    **dict.fromkeys(
        ("tax", "tax_codes"),
        "Add the tax to the amount, and keep what is known of it in metadata.",
    ),
    "terminal": "Take cards on a page.",
    "topups": "Operators say what money they have put where it is held.",
    "identity": "People of connected accounts are checked with their account.",
    "exchange_rates": "Operators set the rates; a balance transaction says which was used.",
}  # fmt: skip


class AnyParams(Params):
    """Parameters that are not read, as nothing would change."""

    @classmethod
    def read(cls, payload: Fields) -> JsonObject:
        return {}


class AnyListParams(ListParams):
    """Every filter is understood: it changes nothing in a list that is empty."""

    @classmethod
    def read(cls, payload: Fields) -> JsonObject:
        return super().read({name: value for name, value in payload.items() if name in cls.fields})


class AbsentView(ApiView):
    """One route of which Rialto has nothing."""

    # Not in the OpenAPI document: there would be nothing to say.
    schema = None
    params = {"GET": AnyListParams, "POST": AnyParams, "DELETE": AnyParams}
    route: ClassVar[str] = ""

    def _handler(self, method: str) -> Callable[..., Wire] | None:
        does = _DOES.get("GET" if method == "HEAD" else method, ())
        known = set(does) & set(ROUTES[self.route])
        return super()._handler(method) if known else None

    def get(self, request: ApiRequest, params: Wire, **ids: str) -> Wire:
        """Answer with an empty list, or say that there is no such object."""
        if ids:
            raise self._missing(ids)
        if "read" in ROUTES[self.route]:
            raise self._refusal()
        for name in ("starting_after", "ending_before"):
            if cursor := params.get(name):
                raise InvalidRequest(
                    f"No such object: '{cursor}'", code="resource_missing", param=name
                )
        found = pagination.wire_list([], dict, has_more=False, url=request.path)
        if "search" in ROUTES[self.route]:
            return found | {"object": "search_result", "next_page": None}
        return found

    def post(self, request: ApiRequest, params: Wire, **ids: str) -> Wire:
        """Say why nothing can be made or changed."""
        raise self._refusal()

    def delete(self, request: ApiRequest, params: Wire, **ids: str) -> Wire:
        """Say why nothing can be taken away."""
        raise self._refusal()

    def _missing(self, ids: Mapping[str, str]) -> InvalidRequest:
        """Name the outermost object of the URL: without it there is nothing inside."""
        kind = self.route.partition("/{}")[0].rpartition("/")[2]
        return missing(_one(kind), next(iter(ids.values())))

    def _refusal(self) -> InvalidRequest:
        first, *_ = self.route.removeprefix("test_helpers/").split("/")
        words = resource_of(self.route).replace("_", " ")
        instead = _INSTEAD.get(first, "Leave this call out.")
        return InvalidRequest(
            f"Rialto has no {words}: it collects, shares and pays out money. {instead}",
            code="feature_not_supported",
        )


def resource_of(route: str) -> str:
    """Return the permission for a route: the words before its first id."""
    before = route.removeprefix("test_helpers/").partition("/{}")[0]
    return before.replace("/", "_")


def urls() -> Iterator[URLPattern]:
    """Return the routes, those without an id first."""
    for route in sorted(ROUTES):
        view = AbsentView.as_view(resource=resource_of(route), route=route)
        yield path(_spell(route), cast(Callable[..., HttpResponse], view))


def _spell(route: str) -> str:
    numbers = itertools.count(1)
    return _PLACE.sub(lambda _: f"<str:id_{next(numbers)}>", route)


def _one(words: str) -> str:
    if words.endswith("ies"):
        return f"{words[:-3]}y"
    return words.removesuffix("es") if words.endswith("sses") else words.removesuffix("s")
