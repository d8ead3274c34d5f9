"""The addresses of the pages for sellers."""

from django.urls import path

from connect.views.seller_home import HomeView, StatementFileView, StatementView
from connect.views.seller_pages import EnterView
from connect.views.seller_setup import SetupView

urlpatterns = [
    path("setup/", SetupView.as_view()),
    path("setup/<slug:step>", SetupView.as_view()),
    path("enter/<str:token>", EnterView.as_view()),
    path("home", HomeView.as_view()),
    path("statements/<slug:month>", StatementView.as_view()),
    path("statements/<slug:month>.csv", StatementFileView.as_view()),
]
