"""The addresses of the pages for sellers."""

from typing import Final

from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from connect.hosted.views.home import HomeView, StatementFileView, StatementView
from connect.hosted.views.pages import EnterView
from connect.hosted.views.setup import SetupView

# The mode is `live` or `test`.
_ACCOUNT: Final = "<str:account_id>/<str:mode>/"

urlpatterns = [
    path(f"{_ACCOUNT}setup/", SetupView.as_view()),
    path(f"{_ACCOUNT}setup/<slug:step>", SetupView.as_view()),
    path("enter/<str:token>", EnterView.as_view()),
    path(f"{_ACCOUNT}home", HomeView.as_view()),
    path(f"{_ACCOUNT}statements/<slug:month>", StatementView.as_view()),
    path(f"{_ACCOUNT}statements/<slug:month>.csv", StatementFileView.as_view()),
]

# In a frame of a platform's page. No cookie goes along with a form there: the word in its address
# is a secret, and says as well whose it is.
framed = [
    path("<str:word>/setup/", csrf_exempt(SetupView.as_view())),
    path("<str:word>/setup/<slug:step>", csrf_exempt(SetupView.as_view())),
    path("<str:word>/home", HomeView.as_view()),
    path("<str:word>/statements/<slug:month>", StatementView.as_view()),
    path("<str:word>/statements/<slug:month>.csv", StatementFileView.as_view()),
]
