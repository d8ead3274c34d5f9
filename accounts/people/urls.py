"""Addresses below /admin/ that come before the admin's own."""

from django.urls import path

from accounts.people import step_up
from accounts.people.log_in import LogInView, SecondFactorView

urlpatterns = [
    path("login/", LogInView.as_view(), name="account_login"),
    path("login/second/", SecondFactorView.as_view(), name="mfa_authenticate"),
    path("confirm/", step_up.prove, name="people_step_up"),
]
