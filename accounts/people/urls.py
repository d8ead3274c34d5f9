"""Addresses below /admin/ that come before the admin's own."""

from django.contrib import admin
from django.urls import path

from accounts.people import step_up
from accounts.people.views.factors import AddFactorView, CodesView, SecurityView
from accounts.people.views.invitations import InvitationsView, TakeUpView
from accounts.people.views.log_in import LogInView, PasskeyLogInView, SecondFactorView
from accounts.people.views.passwords import PasswordView

urlpatterns = [
    path("login/", LogInView.as_view(), name="account_login"),
    path("login/second/", SecondFactorView.as_view(), name="mfa_authenticate"),
    path("login/passkey/", PasskeyLogInView.as_view(), name="people_passkey"),
    path("factors/add/", AddFactorView.as_view(), name="people_add_factor"),
    path("factors/codes/", admin.site.admin_view(CodesView.as_view()), name="people_codes"),
    path("security/", admin.site.admin_view(SecurityView.as_view()), name="people_security"),
    path("password_change/", admin.site.admin_view(PasswordView.as_view())),
    path(
        "invitations/", admin.site.admin_view(InvitationsView.as_view()), name="people_invitations"
    ),
    path("invitation/<str:token>/", TakeUpView.as_view(), name="people_take_up"),
    path("confirm/", step_up.prove, name="people_step_up"),
]
