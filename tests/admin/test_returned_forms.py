"""Whatever somebody typed into a form with a reason is there again when its action is refused."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from inspect import getsourcefile, unwrap
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.admin.utils import quote
from django.db.models import Model
from django.test import Client
from django.urls import resolve

from accounts.audit.reasons import LONGEST
from connect.models import Payout
from core.ids import new_id
from payments.models import PaymentIntent, Refund, UnappliedPayment
from tests.admin.test_every_address import _NAMED, ALL, fill, successes

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

# No browser sends so much: whatever else is right, it is refused.
WHY = "x" * (LONGEST + 1)
TYPED = ("text", "search", "email", "url", "number", "datetime-local", "date")
TEMPLATES = {
    path.as_posix().partition("/templates/")[2]: path.read_text()
    for path in Path(settings.ROOT).glob("*/templates/admin/**/*.html")
}
NAMED = re.compile(r"""["'](admin/[\w/]+\.html)["']""")


def has_reason(text: str) -> bool:
    """Tell whether what a template or a module says has a form with a reason, or leads to one."""
    inside = {name for name in NAMED.findall(text) if TEMPLATES.get(name) not in (None, text)}
    return 'name="reason"' in text or any(has_reason(TEMPLATES[name]) for name in inside)


WITH_REASON = {name for name, text in TEMPLATES.items() if has_reason(text)}


@dataclass
class Form:
    """A form of a page, with what a browser would send of it."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)
    typed: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)
    areas: set[str] = field(default_factory=set)

    def fill(self) -> dict[str, str]:
        """Type something into what is empty, of areas more than one screen."""
        words = {
            one: f"Typed {one}" + " at length" * 300 * (one in self.areas) for one in self.typed
        }
        return {name: value or words[name] for name, value in self.typed.items()}


class Forms(HTMLParser):
    """The forms of a page that send something."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[Form] = []
        self._form: Form | None = None
        self._name = self._area = ""
        for form in re.findall(r"<form\b.*?</form>", page, re.DOTALL):
            self.feed(form)

    def handle_starttag(self, tag, attributes) -> None:
        given = {name: value or "" for name, value in attributes}
        if tag == "form" and given.get("method", "").lower() == "post":
            self._form = Form(given.get("action", ""))
            self.found.append(self._form)
        elif self._form and (name := given.get("name")):
            self._take(self._form, tag, name, given)
        elif self._form and tag == "option" and self._name:
            if "selected" in given or self._name not in self._form.fields:
                self._form.fields[self._name] = given.get("value", "")

    def handle_endtag(self, tag) -> None:
        self._form = None if tag == "form" else self._form
        self._name = "" if tag == "select" else self._name
        self._area = "" if tag == "textarea" else self._area

    def handle_data(self, text) -> None:
        if self._form and self._area:
            # A browser leaves out the first line break.
            self._form.typed[self._area] += text.removeprefix("\n").removeprefix("\r\n")

    def _take(self, form: Form, tag: str, name: str, given: dict[str, str]) -> None:
        kind = given.get("type", "text")
        if tag == "select":
            self._name = name
        elif tag == "button" or kind == "submit":
            form.buttons.append((name, given.get("value", "")))
        elif kind in ("checkbox", "radio"):
            if "checked" in given:
                form.fields[name] = given.get("value", "on")
        elif tag == "textarea":
            self._area, form.typed[name] = name, ""
            form.areas.add(name)
        elif tag == "input" and kind in TYPED:
            form.typed[name] = given.get("value", "")
        elif tag == "input" and kind == "hidden":
            form.fields[name] = given.get("value", "")


def asks_why(route: str) -> bool:
    """Tell whether the page of a route may have a form with a reason."""
    view = resolve(fill(route, "x")).func
    if page := getattr(view, "model_admin", None):
        # A table's own pages have no form with a reason unless somebody made them.
        name = f"{route.rpartition('/')[0].rpartition('/')[2]}_view"
        one = getattr(page, name, None)
        return one and not unwrap(one.__func__).__module__.startswith(("django.", "unfold."))
    text = Path(getsourcefile(unwrap(view)) or "").read_text()
    return "reason" in text or has_reason(text)


def lower(typed: dict[str, str]) -> dict[str, str]:
    """Currencies come back in capitals."""
    return {name: value.lower() for name, value in typed.items()}


def pages_of(route: str) -> Iterator[str]:
    """Yield addresses of a route: of one of its rows, then of others, in other states perhaps."""
    if not _NAMED.search(route):
        yield route
        return
    # A line of a statement stands below its charge.
    route_of = route.replace("payments/charge/statements", "processors/settlementline")
    # What is held of somebody stands beside the pages of customers.
    route_of = route_of.replace("/admin/personal-data/", "/admin/payments/customer/")
    room, _, name = route_of.removeprefix("/admin/").partition("/")
    try:
        model = apps.get_model(room, name.partition("/")[0])
    except LookupError:
        return
    has_mode = any(one.name == "livemode" for one in model._meta.fields)
    rows = model._default_manager.exclude(**{"livemode": True} if has_mode else {"pk": None})
    for row in rows.order_by("-pk")[:6]:
        yield fill(route, quote(str(row.pk)) if "<path:" in route else str(row.pk))


def refuse(operator: Client, page: str, form: Form) -> Iterator[str]:
    """Press each button of a form, with too long a reason; yield what is not shown again then."""
    for button in form.buttons or [("", "")]:
        typed = form.fill() | {"reason": WHY}
        sent = form.fields | typed | dict([button])
        again = operator.post(form.action or page, sent, follow=True)
        there = [lower(one.typed) for one in Forms(again.content.decode()).found]
        done = successes(again)
        if done or not any(lower(typed).items() <= one.items() for one in there):
            yield f"{dict([button])}: {again.status_code}, {done}"


def copy(row: Model, **changes: object) -> None:
    """Add a row that is like another one, in another state."""
    values = {one.attname: getattr(row, one.attname) for one in row._meta.concrete_fields}
    key = row._meta.pk
    type(row).objects.create(**values | {key.attname: new_id(key.prefix)} | changes)


def test_a_form_that_is_refused_comes_back_with_all_that_was_typed(operator, business):
    for status in ("failed", "pending"):
        copy(Payout.objects.get(status="canceled"), status=status)
    copy(PaymentIntent.objects.filter(status="succeeded")[0], status="requires_capture")
    copy(Refund.objects.all()[0], is_outside=True, processor_reference="out_1", shared_at=None)
    UnappliedPayment.objects.update(status="open")
    shown, lost = set(), []
    for route in filter(asks_why, ALL):
        for page in pages_of(route):
            answer = operator.get(page)
            if answer.status_code != 200 or "html" not in answer["Content-Type"]:
                continue
            shown |= {one.name for one in answer.templates}
            forms = [one for one in Forms(answer.content.decode()).found if "reason" in one.typed]
            for form in forms:
                lost += [f"{page} {one}" for one in refuse(operator, page, form)]
            if forms:
                break
    unseen = WITH_REASON - shown

    assert "\n".join(lost) == ""
    assert sorted(unseen) == []
