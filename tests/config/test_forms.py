"""A form counts only if it was sent from the page that we made."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from connect.hosted import urls

pytestmark = pytest.mark.django_db


def test_no_page_takes_a_form_from_another_site():
    strict = Client(enforce_csrf_checks=True)
    routes = [f"/sellers/{part.pattern}" for part in urls.urlpatterns]

    for route in [*routes, "/login/", "/oauth/authorize", "/express/oauth/authorize"]:
        answer = strict.post(re.sub(r"<[^>]*>", "x", route))
        assert answer.status_code == 403, route
        assert "CSRF" in answer.content.decode()


@pytest.mark.parametrize(
    ("path", "status"),
    [("/login/", 400), ("/oauth/token", 400), ("/admin/login/", 400), ("/inbound/stripe/", 413)],
)
def test_nobody_leaves_a_file_who_was_not_let_in(path, status):
    file = SimpleUploadedFile("a.bin", bytes(3_000_000))

    assert Client().post(path, {"file": file}).status_code == status


def test_a_form_of_somebody_who_was_let_in_has_a_limit(admin_client):
    page = reverse("admin:connect_bank_files")

    answer = admin_client.post(page, {"do": "make"}, CONTENT_LENGTH="99999999")

    assert answer.status_code == 400
