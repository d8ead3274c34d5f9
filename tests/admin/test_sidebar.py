"""The sidebar shows where one is."""

import pytest
from django.http import HttpRequest
from django.urls import reverse

from console import sidebar
from tests.factories import an_operator_named

pytestmark = pytest.mark.django_db


def asked(rf, address: str) -> HttpRequest:
    request = rf.get(address)
    request.user = an_operator_named("operator@example.com")
    return request


def lit(rf, address: str) -> list[str]:
    return [
        item["title"]
        for group in sidebar.navigation(asked(rf, address))
        for item in group["items"]
        if item["active"]
    ]


def test_one_entry_is_lit_on_each_page_that_is_listed(rf):
    entries = [
        (item["link"], item["title"])
        for group in sidebar.navigation(asked(rf, "/admin/"))
        for item in group["items"]
    ]

    assert {link: lit(rf, link) for link, _ in entries} == {link: [t] for link, t in entries}


def test_an_objects_page_lights_its_list_and_the_first_page_none(rf):
    assert lit(rf, f"{reverse('admin:connect_payout_changelist')}po_5F1/change/") == ["Payouts"]
    assert lit(rf, reverse("admin:index")) == []
