"""What the columns of checkout hold."""

from typing import Final

from config.privacy.classes import Erasure, Holds, Kept, Tables, Whose, table

TABLES: Final[Tables] = {
    "checkout.Product": table(
        Whose.ACCOUNT, Kept.FOR_GOOD,
        (Holds.INTERNAL, Erasure.NONE, """
            account livemode id public_id is_active type default_price_id package_dimensions
            is_shippable statement_descriptor tax_code performance_location created_at
            updated_at
        """),
        (Holds.PUBLIC, Erasure.NONE, "name description images marketing_features url unit_label"),
        (Holds.PERSONAL, Erasure.STAYS, "metadata"),
    ),
    "checkout.Price": table(
        Whose.ACCOUNT, Kept.FOR_GOOD,
        (Holds.INTERNAL, Erasure.NONE, """
            account livemode id product is_active lookup_key currency_options tax_behavior
            recurring transform_quantity created_at
        """),
        (Holds.FINANCIAL, Erasure.NONE, """
            currency unit_amount unit_amount_decimal custom_unit_amount
        """),
        (Holds.PUBLIC, Erasure.NONE, "nickname"),
        (Holds.PERSONAL, Erasure.STAYS, "metadata"),
    ),
    "checkout.Coupon": table(
        Whose.ACCOUNT, Kept.FOR_GOOD,
        (Holds.INTERNAL, Erasure.NONE, """
            account livemode id public_id currency_options duration duration_in_months
            product_ids max_redemptions redeem_by times_redeemed created_at deleted_at
        """),
        (Holds.FINANCIAL, Erasure.NONE, "percent_off_bps amount_off currency"),
        (Holds.PUBLIC, Erasure.NONE, "name"),
        (Holds.PERSONAL, Erasure.STAYS, "metadata"),
    ),
    "checkout.PromotionCode": table(
        Whose.ACCOUNT, Kept.FOR_GOOD,
        (Holds.INTERNAL, Erasure.NONE, """
            account livemode id coupon is_active customer_id expires_at max_redemptions
            times_redeemed is_first_time_only minimum_currency_options created_at
        """),
        (Holds.FINANCIAL, Erasure.NONE, "minimum_amount minimum_amount_currency"),
        (Holds.PUBLIC, Erasure.NONE, "code"),
        (Holds.PERSONAL, Erasure.STAYS, "metadata"),
    ),
    "checkout.PaymentLink": table(
        Whose.ACCOUNT, Kept.FOR_GOOD,
        (Holds.INTERNAL, Erasure.NONE, """
            account livemode id token is_active settings shipping_options completed_limit
            completed_count
            taken_count platform_id created_at updated_at
        """),
        (Holds.FINANCIAL, Erasure.NONE, "currency"),
        (Holds.PUBLIC, Erasure.NONE, "items"),
        (Holds.PERSONAL, Erasure.STAYS, "metadata"),
    ),
    "checkout.TaxRate": table(
        Whose.ACCOUNT, Kept.FOR_GOOD,
        (Holds.INTERNAL, Erasure.NONE, """
            account livemode id is_inclusive is_active country state jurisdiction tax_type
            created_at
        """),
        (Holds.FINANCIAL, Erasure.NONE, "percentage_ppm"),
        (Holds.PUBLIC, Erasure.NONE, "display_name description"),
        (Holds.PERSONAL, Erasure.STAYS, "metadata"),
    ),
    "checkout.ShippingRate": table(
        Whose.ACCOUNT, Kept.FOR_GOOD,
        (Holds.INTERNAL, Erasure.NONE, """
            account livemode id is_active currency_options delivery_estimate tax_behavior
            tax_code created_at
        """),
        (Holds.FINANCIAL, Erasure.NONE, "amount currency"),
        (Holds.PUBLIC, Erasure.NONE, "display_name"),
        (Holds.PERSONAL, Erasure.STAYS, "metadata"),
    ),
    "checkout.CheckoutSession": table(
        Whose.PAYER, Kept.FOR_GOOD,
        (Holds.INTERNAL, Erasure.STAYS, """
            account livemode id status payment_status mode ui_mode discounts
            shipping_options shipping_rate_id customer_id payment_intent_id setup_intent_id
            payment_link_id is_paying paying_since platform_id recovered_from_id expires_at
            created_at completed_at erase_at
        """),
        (Holds.FINANCIAL, Erasure.STAYS, "currency amount_subtotal amount_total totals"),
        (Holds.PERSONAL, Erasure.EMPTIED, """
            settings collected email client_reference_id metadata
        """),
        (Holds.SECRET, Erasure.STAYS, "client_secret"),
    ),
    "checkout.CheckoutSessionLine": table(
        Whose.PAYER, Kept.FOR_GOOD,
        (Holds.INTERNAL, Erasure.STAYS, """
            account livemode id session position quantity adjustable_quantity is_optional
            tax_rate_ids taxes discounts
        """),
        (Holds.FINANCIAL, Erasure.STAYS, """
            price chosen_amount amount_subtotal amount_discount amount_tax amount_total
        """),
        (Holds.PERSONAL, Erasure.STAYS, "metadata"),
    ),
}  # fmt: skip
