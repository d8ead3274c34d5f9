from api.views import ApiRequest, ApiView
from api.wire.params import ListParams
from connect.onboarding import country_resources
from connect.onboarding.countries import rules
from core.errors import InvalidRequest, missing
from core.types import JsonObject

Wire = JsonObject


class CountrySpecsView(ApiView):
    resource = "accounts"
    params = {"GET": ListParams}

    def get(self, request: ApiRequest, params: Wire) -> Wire:
        found, has_more = _page(rules.codes(), params)
        return {
            "object": "list",
            "data": [country_resources.country_spec(code) for code in found],
            "has_more": has_more,
            "url": request.path,
        }


class CountrySpecView(ApiView):
    resource = "accounts"

    def get(self, request: ApiRequest, params: Wire, country: str) -> Wire:
        code = country.upper()
        if rules.country(code) is None:
            raise missing("country_spec", country[:64])
        return country_resources.country_spec(code)


def _page(codes: list[str], params: Wire) -> tuple[list[str], bool]:
    """Return a page of the countries, which are no rows."""
    after, before, limit = (
        params.get("starting_after"),
        params.get("ending_before"),
        params["limit"],
    )
    for name, cursor in (("starting_after", after), ("ending_before", before)):
        if cursor is not None and cursor not in codes:
            raise InvalidRequest(
                f"No such country_spec: '{cursor}'", code="resource_missing", param=name
            )
    if before is not None:
        left = codes[: codes.index(before)]
        return left[-limit:], len(left) > limit
    left = codes[codes.index(after) + 1 :] if after is not None else codes
    return left[:limit], len(left) > limit
