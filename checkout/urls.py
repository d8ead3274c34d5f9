from django.urls import path

from checkout.browser.views import elements_sessions
from checkout.catalog.views import prices, products

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
]
