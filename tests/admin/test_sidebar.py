"""The sidebar shows where one is."""

import pytest
from django.urls import reverse

from console import sidebar

pytestmark = pytest.mark.django_db


def lit(rf, address: str) -> list[str]:
    return [
        item["title"]
        for group in sidebar.navigation(rf.get(address))
        for item in group["items"]
        if item["active"]
    ]


def test_one_entry_is_lit_on_each_page_that_is_listed(rf):
    entries = [
        (item["link"], item["title"])
        for group in sidebar.navigation(rf.get("/admin/"))
        for item in group["items"]
    ]

    assert {link: lit(rf, link) for link, _ in entries} == {link: [t] for link, t in entries}


def test_an_objects_page_lights_its_list_and_the_first_page_none(rf):
    assert lit(rf, f"{reverse('admin:connect_payout_changelist')}po_5F1/change/") == ["Payouts"]
    assert lit(rf, reverse("admin:index")) == []
