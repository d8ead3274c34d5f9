"""What the endpoints of coupons and promotion codes take."""

from typing import Final

from api.wire.figures import ByCurrency, Percent
from api.wire.params import (
    Amount,
    Boolean,
    Choice,
    Currency,
    Id,
    Integer,
    ListParams,
    Many,
    Metadata,
    Moment,
    NewMetadata,
    Params,
    Range,
    Table,
    Text,
)
from checkout.params.chosen_ids import ChosenId
from connect.onboarding.person_params import PatternText

_MOST_REDEMPTIONS: Final = 2_147_483_647
_AMOUNTS_OFF: Final = ByCurrency(Table({"amount_off": Amount(required=True)}))
_MINIMUMS: Final = ByCurrency(Table({"minimum_amount": Amount(required=True)}))


class CouponParams(Params):
    currency_options = _AMOUNTS_OFF
    metadata = Metadata()
    name_ = Text(most=40, nullable=True)


class CreateCouponParams(CouponParams):
    amount_off = Amount()
    applies_to = Table({"products": Many(Id(), most=100)})
    currency = Currency()
    duration = Choice("forever", "once", "repeating")
    duration_in_months = Integer(least=1, most=1_200)
    id = ChosenId(name="public_id")
    max_redemptions = Integer(least=1, most=_MOST_REDEMPTIONS)
    metadata = NewMetadata()
    percent_off = Percent(name="percent_off_bps")
    redeem_by = Moment()


class ListCouponsParams(ListParams):
    created = Range()


class CreatePromotionCodeParams(Params):
    active = Boolean(name="is_active")
    code = PatternText(r"[A-Za-z0-9-]{1,500}", "Latin letters, digits and dashes")
    coupon = Id()
    customer = Id()
    expires_at = Moment()
    max_redemptions = Integer(least=1, most=_MOST_REDEMPTIONS)
    metadata = NewMetadata()
    promotion = Table({"coupon": Id(required=True), "type": Choice("coupon", required=True)})
    restrictions = Table(
        {
            "currency_options": _MINIMUMS,
            "first_time_transaction": Boolean(),
            "minimum_amount": Amount(),
            "minimum_amount_currency": Currency(),
        }
    )


class UpdatePromotionCodeParams(Params):
    active = Boolean(name="is_active")
    metadata = Metadata()
    restrictions = Table({"currency_options": _MINIMUMS})


class ListPromotionCodesParams(ListParams):
    active = Boolean()
    code = Text(most=500)
    coupon = Text(most=64)
    created = Range()
    customer = Id()
