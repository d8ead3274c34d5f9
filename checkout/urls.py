from django.urls import path

from checkout.browser.views import elements_sessions
from checkout.catalog.views import prices, products, rates
from checkout.discounts.views import coupons, promotion_codes

urlpatterns = [
    path("elements/sessions", elements_sessions.ElementsSessionsView.as_view()),
    path("products", products.ProductsView.as_view()),
    path("products/search", products.SearchProductsView.as_view()),
    path("products/<str:product_id>", products.ProductView.as_view()),
    path("products/<str:product_id>/features", products.FeaturesView.as_view()),
    path("products/<str:product_id>/features/<str:id>", products.FeatureView.as_view()),
    path("prices", prices.PricesView.as_view()),
    path("prices/search", prices.SearchPricesView.as_view()),
    path("prices/<str:price_id>", prices.PriceView.as_view()),
    path("tax_rates", rates.TaxRatesView.as_view()),
    path("tax_rates/<str:tax_rate_id>", rates.TaxRateView.as_view()),
    path("shipping_rates", rates.ShippingRatesView.as_view()),
    path("shipping_rates/<str:shipping_rate_id>", rates.ShippingRateView.as_view()),
    path("coupons", coupons.CouponsView.as_view()),
    path("coupons/<str:coupon_id>", coupons.CouponView.as_view()),
    path("promotion_codes", promotion_codes.PromotionCodesView.as_view()),
    path("promotion_codes/<str:promotion_code_id>", promotion_codes.PromotionCodeView.as_view()),
]
