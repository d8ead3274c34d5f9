from django.db.models.functions import Upper
from django.db.models.lookups import Exact

from api.lists import pagination
from api.views import ApiRequest, ApiView
from checkout import queries, resources
from checkout.discounts import params as discount_params
from checkout.discounts.services import promotion_codes
from checkout.models import PromotionCode
from core.errors import InvalidRequest
from core.types import JsonObject

Wire = JsonObject


class PromotionCodesView(ApiView):
    resource = "promotion_codes"
    params = {
        "POST": discount_params.CreatePromotionCodeParams,
        "GET": discount_params.ListPromotionCodesParams,
    }

    def post(self, request: ApiRequest, params: Wire) -> Wire:
        coupon_id, coupon_param = _coupon_of(params)
        code = promotion_codes.create(
            tenant=request.caller.tenant,
            coupon_id=coupon_id,
            coupon_param=coupon_param,
            at=request.at,
            **params,
        )
        return resources.promotion_code(code, at=request.at)

    def get(self, request: ApiRequest, params: Wire) -> Wire:
        rows = pagination.created_within(
            queries.promotion_codes(request.caller.tenant), params.get("created")
        )
        if "active" in params:
            usable = PromotionCode.usable(request.at)
            rows = rows.filter(usable if params["active"] else ~usable)
        if "code" in params:
            rows = rows.filter(Exact(Upper("code"), params["code"].upper()))
        wanted = {"coupon": "coupon__public_id", "customer": "customer_id"}
        rows = rows.filter(
            **{column: params[name] for name, column in wanted.items() if name in params}
        )
        return pagination.list_page(
            rows,
            params,
            lambda row: resources.promotion_code(row, at=request.at),
            kind="promotion code",
            url=request.path,
        )


class PromotionCodeView(ApiView):
    resource = "promotion_codes"
    params = {"POST": discount_params.UpdatePromotionCodeParams}

    def get(self, request: ApiRequest, params: Wire, promotion_code_id: str) -> Wire:
        code = queries.promotion_code(request.caller.tenant, promotion_code_id)
        return resources.promotion_code(code, at=request.at)

    def post(self, request: ApiRequest, params: Wire, promotion_code_id: str) -> Wire:
        code = promotion_codes.update(
            tenant=request.caller.tenant,
            code_id=promotion_code_id,
            changes=params,
            at=request.at,
        )
        return resources.promotion_code(code, at=request.at)


def _coupon_of(params: Wire) -> tuple[str, str]:
    """Take the coupon out of what was said, by its name of today or by its older one."""
    older, promotion = params.pop("coupon", None), params.pop("promotion", None)
    if (older is None) == (promotion is None):
        raise InvalidRequest(
            "Send promotion[type]=coupon and promotion[coupon], or coupon alone.",
            code="parameter_missing" if older is None else "parameters_exclusive",
            param="promotion",
        )
    if promotion is not None:
        return promotion["coupon"], "promotion[coupon]"
    return older, "coupon"
