from django.contrib import admin
from django.urls import include, path, re_path

from api.views import unknown_url

urlpatterns = [
    path("v1/", include("payments.urls")),
    path("v1/", include("connect.urls")),
    path("v1/", include("ledger.urls")),
    re_path("^v1/", unknown_url),
    path("admin/", admin.site.urls),
]
