"""A form counts only if it was sent from the page that we made."""

import re

import pytest
from django.test import Client

from connect import seller_urls

pytestmark = pytest.mark.django_db


def test_no_page_takes_a_form_from_another_site():
    strict = Client(enforce_csrf_checks=True)
    routes = [f"/sellers/{part.pattern}" for part in seller_urls.urlpatterns]

    for route in [*routes, "/login/", "/oauth/authorize", "/express/oauth/authorize"]:
        answer = strict.post(re.sub(r"<[^>]*>", "x", route))
        assert answer.status_code == 403, route
        assert "CSRF" in answer.content.decode()
