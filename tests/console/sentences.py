"""What the console says, to be found in its catalogue: in code, templates, tables and headings."""

import ast
import re
from collections.abc import Iterable, Iterator
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.contrib.admin.utils import label_for_field
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory

from accounts.approvals import registry
from accounts.audit.actions import ACTIONS
from accounts.models import KeyKind
from accounts.operator_pages import key_permissions
from accounts.operator_pages.approved_forms import WAITS_FOR_APPROVAL
from accounts.people import agents
from config.launcher.home import ROOT
from connect.onboarding.operator_pages import settings_form, stops, typed
from connect.onboarding.services import reviews
from connect.payouts.operator_pages import acting, actions, runs, standing
from connect.states import CapabilityStatus, ExternalAccountStatus, PayoutStatus
from console import sidebar, words
from console.live import words as live_words
from console.payments import money
from console.payments.words import PAGES, STATES, STEPS
from console.payouts import words as payout_words
from console.requests import words as request_words
from console.sellers import words as seller_words
from core.database.fields import StatusField
from core.durations import UNITS
from core.error_codes import CODES
from core.operator_pages import filters
from core.operator_pages.choices import ChoiceFilter
from core.security.role_words import Role
from ledger.chart import CHART
from ledger.rules import RULES
from payments.disputes.operator_pages import disputes
from payments.disputes.operator_pages import papers as dispute_papers
from payments.inbound.operator_pages import unknown
from payments.intents.operator_pages import authorizations
from payments.method_types.base import REASONS
from payments.refunds.operator_pages import actions as refund_actions
from payments.refunds.operator_pages import refunds
from payments.resources.disputes import EVIDENCE
from payments.unapplied.operator_pages import actions as unapplied
from processors.accounts.kinds import KINDS
from processors.routing import words as routing
from processors.routing.drafts import reports
from webhooks.catalog import EVENT_TYPES

ROOM = ROOT / "console"
CALLS = ("gettext", "gettext_lazy", "gettext_noop", "say")
IN_TEMPLATES = re.compile(r'{% translate "([^"]*)"(?: \w+ "\w+")?(?: as \w+)? %}|_\("(.*?)"\)')
IN_BLOCKS = re.compile(r"{% blocktranslate[^%]*%}(.*?){% endblocktranslate %}", re.S)
VALUE = re.compile(r"{{ (\w+) }}")
ROOMS = (
    "core", "api", "accounts", "ledger", "webhooks", "processors", "operations", "connect",
    "payments", "checkout", "console",
)  # fmt: skip
# Pages whose facts have translated titles; what merchants name is shown as they wrote it.
APPS = ("accounts", "api", "checkout", "connect", "ledger", "payments", "processors", "webhooks")
STORIES = (
    "payments/page", "customers/page", "events/page", "requests/page", "payouts/page",
    "sellers/parts", "sellers/papers",
)  # fmt: skip
TITLES = re.compile(r'(?:fact|linked)\(\s*"(.+?)"|^ {8}"([A-Z][\w ]+)": |, "(\w+)", "admin:', re.M)


def sentences() -> Iterator[str]:
    """What is said anywhere by the rooms' own words, in English."""
    templates = [path for room in ROOMS for path in (ROOT / room).glob("templates/**/*.html")]
    for path in (*templates, *(ROOT / "config" / "templates" / "admin").rglob("*.html")):
        yield from in_template(path.read_text())
    for room in ROOMS:
        for path in (ROOT / room).rglob("*.py"):
            yield from in_code(path.read_text())
    for page in STORIES:
        for found in TITLES.findall((ROOM / f"{page}.py").read_text()):
            yield next(one for one in found if one)
    yield from in_code((ROOT / "config" / "settings" / "base.py").read_text())
    yield from (*OF_LIBRARIES, *(str(apps.get_app_config(room).verbose_name) for room in APPS))
    yield from tables()


# What the libraries say on our pages and have not translated.
OF_LIBRARIES = (
    "Dark", "Light", "System", "Run", "Select action", "Select action to run", "Select record",
    "Select all objects on this page for an action", "Yes, I\u2019m sure", "Choose file to upload",
    "Enabled", "Disabled", "True", "False", "Date", "Time", "hash", "salt", "algorithm",
    "Password-based authentication",
    "Enter the same password as before, for verification.",
    "Your password can\u2019t be a commonly used password.",
    "Your password can\u2019t be entirely numeric.",
    "Your password can\u2019t be too similar to your other personal information.",
    "Raw passwords are not stored, so there is no way to see the user\u2019s password.",
    "After you've created a user, you\u2019ll be able to edit more user options.",
    "Whether the user will be able to authenticate using a password or not. If disabled, they may "
    "still be able to authenticate using other backends, such as Single Sign-On or LDAP.",
)  # fmt: skip


def in_template(text: str) -> Iterator[str]:
    for plain, in_filter in IN_TEMPLATES.findall(text):
        yield plain or in_filter
    for block in IN_BLOCKS.findall(text):
        words = " ".join(line.strip() for line in block.strip().split("\n"))
        yield VALUE.sub(r"%(\1)s", words.strip().replace("%", "%%"))


def in_code(text: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and node.args and getattr(node.func, "id", "") in CALLS:
            for part in ast.walk(node.args[0]):
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    yield part.value


def tables() -> Iterator[str]:
    yield from of_rooms()
    yield from of_payments()
    yield from of_books()
    yield from of_payouts()
    yield from of_the_checklist()
    yield from of_people()
    yield from headings()


def spelled(codes: Iterable[str]) -> Iterator[str]:
    """Codes of the wire, as people are told them."""
    return (str(word).replace("_", " ") for word in codes)


def of_rooms() -> Iterator[str]:
    for listed in (sidebar.TABLES, sidebar.PAGES):
        for room, titles in listed.items():
            yield from (room, *titles.values())
    yield from (word for word, _ in words.DELIVERIES.values())
    yield from (*EVENT_TYPES.values(), *CODES.values(), *request_words.MEANINGS.values())
    for kind in KINDS.values():
        for one in (*kind.credentials, *filter(None, [kind.notice_secret])):
            yield from (one.label, one.how)
    yield from (*routing.REASONS.values(), *routing.FIELDS.values(), *routing.WORDS)
    yield from (reports.NOBODY, reports.LESS, reports.MORE)
    # What flags are in filters.
    yield from ("Live", "Test", "Yes", "No")
    for _, one, many in UNITS:
        yield from (one, many)


def of_payments() -> Iterator[str]:
    for state in STATES.values():
        yield from (state[0], state[2])
    yield from (word for word, _ in STEPS.values())
    yield from (
        *money.COLUMNS,
        *money.TITLES.values(),
        money.PLATFORM,
        money.SELLER,
        *(plural for _, plural in PAGES.values()),
    )
    yield from (*unknown.WHAT.values(), *unknown.WHY.values())
    yield from (*unapplied.WORDS, *unapplied.ENDS.values(), *refund_actions.ENDS.values())
    yield from (*authorizations.REASONS.values(), *authorizations.TITLES.values())
    yield from (*refunds.CODES.values(), *refunds.WARNINGS.values())
    yield from (*disputes.STATES.values(), WAITS_FOR_APPROVAL, *spelled(EVIDENCE))
    for code, reason in (*dispute_papers.REASONS.items(), ("general", dispute_papers.GENERAL)):
        yield from (*spelled([code]), reason.meaning, reason.advice)


def of_books() -> Iterator[str]:
    for rule in RULES:
        yield from (*spelled([rule.kind]), rule.meaning)
    for code, line in CHART.items():
        yield from (*spelled([code]), line.meaning)


def of_payouts() -> Iterator[str]:
    yield from (word for word, _ in payout_words.STEPS.values())
    yield from payout_words.KINDS.values()
    yield from ("Seller", "Account", "Charges", "Payouts", *typed.TYPED.values())
    yield from (*standing.NEXT_STEPS.values(), standing.ANY_STEP)
    yield from (word for found in actions.BY_STATE.values() for _, word, _ in found)
    plain = ("{too_little}", "{error}")
    yield from (word for word in runs.WORDS.values() if word not in plain)
    yield from (*runs.TOO_LITTLE.values(), *runs.WHY_DISABLED.values())
    yield from seller_words.BLOCK_ENDS.values()
    yield from (*reviews.REFUSALS.values(), *stops.KINDS.values(), *settings_form.SECTIONS)
    for verb in (acting.CANCEL, acting.SEND_AGAIN):
        yield from (verb.title, verb.button, verb.done)
    for states in (PayoutStatus, ExternalAccountStatus, CapabilityStatus):
        yield from spelled(states)


def of_the_checklist() -> Iterator[str]:
    for line in live_words.LINE_WORDS.values():
        yield from (line.title, line.what, line.mend, line.why_advice)
    yield from live_words.FOUND.values()
    yield from (word for word, _ in live_words.STATES.values())
    yield from (*REASONS.values(), "Offered to the payer", "Not offered")


def of_people() -> Iterator[str]:
    for name in ACTIONS:
        kind, verb = spelled(name.split("."))
        yield from (kind.replace("api", "API").replace("oauth", "OAuth"), verb)
    yield from (registry.find(name).look_at for name in registry.names())
    yield from (kind.label for kind in KeyKind)
    yield from spelled(key_permissions.names())
    yield from (*key_permissions.LEVELS, *(role.label for role in Role), *agents.NAMELESS)


def headings() -> Iterator[str]:
    """Names of tables and columns, and what lists and forms say beside them."""
    request = RequestFactory().get("/admin/")
    request.user, request.session = AnonymousUser(), {}
    for model, page in admin.site._registry.items():
        yield from of_table(model)
        yield str(page.search_help_text or "")
        shown = (*page.get_list_display(request), *filter(callable, page.readonly_fields))
        for column in shown:
            if column != "action_checkbox":
                yield str(label_for_field(column, model, page))
        for kind in page.get_list_filter(request):
            yield from of_filter(kind)
        for title, options in getattr(page, "fieldsets", None) or ():
            yield from (str(title or ""), str(options.get("description", "")))
        yield from titles_of(page)
        for inline in page.inlines:
            yield from (*of_table(inline.model), *titles_of(inline))


def of_table(model: Any) -> Iterator[str]:
    yield from (str(model._meta.verbose_name), str(model._meta.verbose_name_plural))
    for field in model._meta.fields:
        yield from (str(field.verbose_name), str(field.help_text))
        for value, word in field.flatchoices:
            yield from (str(word), str(value))
        if isinstance(field, StatusField):
            yield from spelled(filters.known_words(field))


def titles_of(page: Any) -> Iterator[str]:
    kind = page if isinstance(page, type) else type(page)
    for name in dir(kind):
        if name != "action_checkbox":
            yield str(getattr(getattr(kind, name, None), "short_description", ""))


def of_filter(kind: Any) -> Iterator[str]:
    if isinstance(kind, type) and issubclass(kind, ChoiceFilter):
        yield from (kind.title, *kind.options.values())
    if isinstance(kind, type) and issubclass(kind, filters.ColumnFilter):
        yield str(kind.field.verbose_name)
