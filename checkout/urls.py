from django.urls import path

from checkout.browser.views import checkouts, elements_sessions, saved_methods
from checkout.catalog.views import prices, products, rates
from checkout.discounts.views import coupons, promotion_codes
from checkout.links.views import links
from checkout.sessions.views import payment_pages, sessions

urlpatterns = [
    path("elements/sessions", elements_sessions.ElementsSessionsView.as_view()),
    path(
        "elements/payment_methods/<str:method_id>/detach",
        saved_methods.RemoveSavedMethodView.as_view(),
    ),
    path("elements/checkouts/<str:session_id>", checkouts.ElementsCheckoutView.as_view()),
    path(
        "elements/checkouts/<str:session_id>/confirm",
        checkouts.ConfirmElementsCheckoutView.as_view(),
    ),
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
    path("checkout/sessions", sessions.SessionsView.as_view()),
    path("checkout/sessions/<str:session_id>", sessions.SessionView.as_view()),
    path("checkout/sessions/<str:session_id>/expire", sessions.ExpireView.as_view()),
    path("checkout/sessions/<str:session_id>/line_items", sessions.LineItemsView.as_view()),
    path("payment_links", links.LinksView.as_view()),
    path("payment_links/<str:payment_link_id>", links.LinkView.as_view()),
    path("payment_links/<str:payment_link_id>/line_items", links.LineItemsView.as_view()),
    path(
        "test_helpers/checkout/sessions/<str:session_id>/complete",
        sessions.CompleteView.as_view(),
    ),
    path("payment_pages/<str:session_id>", payment_pages.PaymentPageView.as_view()),
    path("payment_pages/<str:session_id>/confirm", payment_pages.ConfirmPaymentPageView.as_view()),
]
