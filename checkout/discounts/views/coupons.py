from api.lists import pagination
from api.views import ApiRequest, ApiView
from checkout import queries, resources
from checkout.discounts import params as discount_params
from checkout.discounts.services import coupons
from core.types import JsonObject

Wire = JsonObject


class CouponsView(ApiView):
    resource = "coupons"
    params = {
        "POST": discount_params.CreateCouponParams,
        "GET": discount_params.ListCouponsParams,
    }

    def post(self, request: ApiRequest, params: Wire) -> Wire:
        coupon = coupons.create(tenant=request.caller.tenant, at=request.at, **params)
        return resources.coupon(coupon, at=request.at)

    def get(self, request: ApiRequest, params: Wire) -> Wire:
        rows = pagination.created_within(
            queries.coupons(request.caller.tenant), params.get("created")
        )
        return pagination.list_page(
            rows,
            params,
            lambda row: resources.coupon(row, at=request.at),
            kind="coupon",
            url=request.path,
            key="public_id",
        )


class CouponView(ApiView):
    resource = "coupons"
    params = {"POST": discount_params.CouponParams}

    def get(self, request: ApiRequest, params: Wire, coupon_id: str) -> Wire:
        return resources.coupon(queries.coupon(request.caller.tenant, coupon_id), at=request.at)

    def post(self, request: ApiRequest, params: Wire, coupon_id: str) -> Wire:
        coupon = coupons.update(
            tenant=request.caller.tenant, coupon_id=coupon_id, changes=params, at=request.at
        )
        return resources.coupon(coupon, at=request.at)

    def delete(self, request: ApiRequest, params: Wire, coupon_id: str) -> Wire:
        coupon = coupons.delete(tenant=request.caller.tenant, coupon_id=coupon_id, at=request.at)
        return resources.deleted_coupon(coupon)
