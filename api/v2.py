"""Endpoints below `/v2/`: lists that name their pages, short errors, keys for deletes too."""

from collections.abc import Callable, Mapping
from typing import ClassVar, Final, TypeVar
from urllib.parse import urlencode

import orjson
from django.db.models import Model, QuerySet

from api.lists import pagination
from api.responses import Answer
from api.views import ApiRequest, ApiView
from api.wire.params import Integer, Params, Text
from core.errors import InvalidRequest
from core.types import JsonObject

Row = TypeVar("Row", bound=Model)

# What an error says there; `code` always, and in the words of its status where it has none.
_TOLD: Final = ("type", "code", "message", "param", "user_message")
_CODES: Final = {
    400: "invalid_parameters",
    401: "unauthenticated",
    403: "forbidden",
    404: "not_found",
    409: "conflict",
}


class PageParams(Params):
    """What every list takes; `page` comes from `next_page_url`."""

    limit = Integer(1, 100, default=10)
    page = Text(most=64)


class V2View(ApiView):
    """An endpoint of the second dialect."""

    keyed: ClassVar[frozenset[str]] = frozenset({"POST", "DELETE"})

    def _answer(self, request: ApiRequest, kwargs: Mapping[str, str]) -> Answer:
        answer = super()._answer(request, kwargs)
        if answer.status >= 400:
            answer.body = orjson.dumps({"error": _error(answer)})
        return answer


def _error(answer: Answer) -> JsonObject:
    given = orjson.loads(answer.body)["error"]
    named = None if answer.status == 404 else given.get("code")
    is_plain = given["type"] == "invalid_request_error"
    code = named or (_CODES.get(answer.status) if is_plain else None) or given["type"]
    return {name: value for name, value in {**given, "code": code}.items() if name in _TOLD}


def list_page(
    rows: QuerySet[Row],
    request: ApiRequest,
    params: JsonObject,
    render: Callable[[Row], JsonObject],
    *,
    kind: str,
) -> JsonObject:
    """Cut a page out of a tenant's rows, newest first.

    Args:
        rows: All that the list may show, of one tenant, without an order.
        request: The request, whose parameters the pages' addresses repeat.
        params: `limit` and `page`, checked.
        render: Renders a row.
        kind: The wire's word for what is listed.

    Raises:
        InvalidRequest: If `page` is not of one of the list's addresses.
    """
    place, _, id = params.get("page", "").partition("-")
    name = "ending_before" if place == "before" else "starting_after"
    cursor = {name: id or place} if place else {}
    try:
        found, has_more = pagination.page(rows, {"limit": params["limit"], **cursor}, kind=kind)
    except InvalidRequest:
        raise InvalidRequest(
            "Invalid page: use the address in `next_page_url` or `previous_page_url` as it is.",
            param="page",
        ) from None
    is_back = name == "ending_before"
    has_next, has_previous = (bool(id), has_more) if is_back else (has_more, bool(cursor))

    def address(page: str) -> str:
        parameters = [(n, v) for n, v in request.GET.items() if n != "page"]
        return f"{request.path}?{urlencode([*parameters, ('page', page)])}"

    return {
        "data": [render(row) for row in found],
        "next_page_url": address(f"after-{found[-1].pk}") if found and has_next else None,
        "previous_page_url": address(f"before-{found[0].pk}") if found and has_previous else None,
    }
