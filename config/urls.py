"""Every address that Rialto answers."""

from django.contrib import admin
from django.http import Http404
from django.urls import include, path, re_path
from django.views.defaults import page_not_found
from django.views.generic import RedirectView

from accounts.views.files import serve_linked
from api.absent import views
from api.views import unknown_url
from checkout.browser.views.card_fields import CardFieldsView
from checkout.browser.views.fields import FieldsView
from checkout.browser.views.library import script
from checkout.hosted import card_frames
from checkout.hosted.views.links import LinkPageView
from checkout.hosted.views.pictures import picture_view
from checkout.hosted.views.sessions import (
    SessionPageView,
    recover_view,
    return_view,
    status_view,
)
from config.documents import pages
from config.monitoring import exposition
from config.monitoring import health as moving
from config.web import health, icon
from connect.hosted.urls import framed
from connect.hosted.views.library import script as connect_script
from connect.oauth.views import fapi, oauth
from connect.oauth.views.fapi_consent import FapiConsentView
from connect.oauth.views.shared import SharedView
from payments.inbound.views.actions import ActionView, ReturnView, action_code
from payments.inbound.views.bank import BankView
from payments.inbound.views.bank_approvals import BankApprovalView
from payments.inbound.views.codes import CodeView, code_image, code_status
from payments.method_types import codes
from processors.views import inbound
from webhooks import urls as webhooks

# The page of a code that a payer pays, whatever it pays with.
_CODE = f"({'|'.join(m.type for m in codes.ALL)})/(?P<charge_id>[^/]+)/(?P<key>[^/]+)"

urlpatterns = [
    path("v1/", include("checkout.urls")),
    path("v1/", include("payments.urls")),
    path("v1/", include("connect.urls")),
    path("v1/", include("ledger.urls")),
    path("v1/", include("webhooks.urls")),
    path("v1/", include("accounts.urls")),
    path("v1/", include(list(views.urls()))),
    path("v2/core/", include(webhooks.second)),
    # An unknown address is answered in the API's own words.
    re_path(r"^v[0-9]+(?:/.*)?$", unknown_url),
    path("links/<str:token>", serve_linked),
    path("inbound/<slug:processor>/", inbound),
    path("inbound/<slug:processor>", inbound),
    path("docs/", pages.swagger, name="docs"),
    path("docs/redoc/", pages.redoc, name="docs-redoc"),
    path("docs/errors/", pages.error_codes, name="docs-errors"),
    path("docs/openapi.json", pages.document, name="docs-document"),
    path("endive/stripe.js", script),
    path("stripe.js", script),
    path("rialto.js", script),
    path("stripe.js/fields", FieldsView.as_view()),
    path(f"{card_frames.PATH}/<str:frame>", CardFieldsView.as_view()),
    path("favicon.ico", icon.favicon),
    path("livez", health.livez),
    path("readyz", health.readyz),
    path("health", moving.health),
    path("metrics", exposition.metrics),
    path("sellers/", include("connect.hosted.urls")),
    path("embedded/", include(framed)),
    path("connect.js", connect_script),
    path("login/", oauth.SignInView.as_view(), name="login"),
    path("oauth/authorize", oauth.ConsentView.as_view(), name="oauth-authorize"),
    path("express/oauth/authorize", oauth.ConsentView.as_view()),
    path("oauth/shared", SharedView.as_view()),
    path("oauth/token", oauth.token),
    path("oauth/deauthorize", oauth.deauthorize),
    path("oauth2/par", fapi.push),
    path("oauth2/authorize", FapiConsentView.as_view()),
    path("oauth2/token", fapi.token),
    path("oauth2/introspect", fapi.introspect),
    path("oauth2/revoke", fapi.revoke),
    path(".well-known/oauth-authorization-server", fapi.metadata),
    path("3d-secure/<str:authentication_id>/<str:key>", BankView.as_view()),
    path("next-action/<str:attempt_id>/<str:key>", ActionView.as_view()),
    path("next-action/<str:attempt_id>/<str:key>/code.svg", action_code),
    path("next-action/<str:attempt_id>/<str:key>/return", ReturnView.as_view()),
    path("next-action/<str:attempt_id>/<str:key>/bank", BankApprovalView.as_view()),
    re_path(f"^{_CODE}$", CodeView.as_view()),
    re_path(f"^{_CODE}/code\\.(?P<kind>[a-z]+)$", code_image),
    re_path(f"^{_CODE}/status$", code_status),
    path("l/<str:token>", LinkPageView.as_view()),
    path("brand/<str:file_id>/<str:key>", picture_view),
    path("c/recover/<str:session_id>/<str:key>", recover_view),
    path("c/<str:session_id>/<str:key>", SessionPageView.as_view()),
    path("c/<str:session_id>/<str:key>/return", return_view),
    path("c/<str:session_id>/<str:key>/status", status_view),
    # No object has a page for the public, and some tables may not even be looked into.
    re_path(r"^admin/r/", page_not_found, {"exception": Http404()}),
    # Before the admin's own form, which asks for no second factor.
    path("admin/", include("accounts.people.urls")),
    path("admin/", admin.site.urls),
    path("", RedirectView.as_view(pattern_name="admin:index")),
]
