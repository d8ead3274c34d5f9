"""A small room of its own, to test the protocol without payments: urls, views, one operation."""

import threading
from typing import Any

from django.db import IntegrityError, OperationalError
from django.http import HttpRequest
from django.urls import path, re_path

from api.lists import pagination
from api.models import RequestLog
from api.views import ApiRequest, ApiView, unknown_url
from api.wire.params import (
    Amount,
    Boolean,
    Choice,
    Currency,
    Free,
    Id,
    Integer,
    ListParams,
    Many,
    Metadata,
    Params,
    Range,
    Table,
    Text,
)
from core import request_context
from core.errors import Busy, CardError, InvalidRequest, ServiceFailure, missing

Wire = dict[str, Any]


class WidgetParams(Params):
    amount = Amount(required=True)
    currency = Currency(required=True)
    count = Integer(least=0, most=10)
    live = Boolean()
    color = Choice("red", "green")
    name_ = Text(most=20, nullable=True)
    owner = Id()
    metadata = Metadata()
    card = Table({"number": Text(), "cvc": Text(nullable=True)})
    items = Many(Table({"price": Id(required=True), "quantity": Integer(default=1)}))
    tags = Many(Text())
    created = Range()
    anything = Free()
    outcome = Text()


class WidgetsParams(ListParams):
    created = Range()


class Trouble(BaseException):
    """What a worker that is stopped raises."""


class Outcomes:
    """What the next runs of the operation do, and what the earlier ones saw."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        self.runs: list[Wire] = []
        self.started = threading.Event()
        self.may_go_on = threading.Event()
        self.may_go_on.set()


outcomes = Outcomes()

_RAISED: dict[str, BaseException] = {
    "declined": CardError(
        "Declined.", extra={"decline_code": "generic_decline", "payment_intent": {"id": "pi_1"}}
    ),
    "invalid": InvalidRequest("Wrong state.", code="widget_unexpected_state"),
    "missing_owner": missing("customer", "cus_1", param="owner"),
    "missing": missing("widget", "wid_1"),
    "busy": Busy("Busy."),
    "away": ServiceFailure("Away."),
    "bug": RuntimeError("secret detail of ours"),
    "integrity": IntegrityError("secret detail of ours"),
    "lost": OperationalError("connection lost"),
    "stopped": Trouble(),
}


def widget(params: Wire) -> Wire:
    """What happens once: it notes that it ran, and ends as it was told."""
    about = request_context.current()
    id = request_context.reserved_id("re")
    outcomes.runs.append({"id": id, "is_recovery": about.is_recovery, "key": about.idempotency_key})
    outcomes.started.set()
    outcomes.may_go_on.wait(10)
    outcome = params.pop("outcome", None)
    if outcome and (outcome != "once" or len(outcomes.runs) == 1):
        raise _RAISED["bug" if outcome == "once" else outcome]
    shown = {name: str(value) for name, value in params.items()}
    return {"id": id, "object": "widget", "customer": "cus_" + "0" * 24, "nothing": None, **shown}


class WidgetsView(ApiView):
    resource = "widgets"
    params = {"POST": WidgetParams, "GET": WidgetsParams}

    def post(self, request: ApiRequest, params: Wire) -> Wire:
        return widget(params)

    def get(self, request: ApiRequest, params: Wire) -> Wire:
        rows = RequestLog.objects.filter(
            account_id=request.caller.tenant.account_id, livemode=request.caller.tenant.livemode
        )
        rows = pagination.created_within(rows, params.get("created"))
        return pagination.list_page(rows, params, _show, kind="widget", url=request.path)


class WidgetView(ApiView):
    resource = "widgets"
    publishable = frozenset({"GET"})

    def get(self, request: ApiRequest, params: Wire, widget_id: str) -> Wire:
        if not RequestLog.objects.filter(
            id=widget_id, account_id=request.caller.tenant.account_id
        ).exists():
            raise missing("widget", widget_id)
        return {
            "id": widget_id,
            "object": "widget",
            "customer": "cus_" + "0" * 24,
            "nothing": None,
            "account": request.caller.tenant.account_id,
            "platform": request.caller.platform and request.caller.platform.account_id,
            "metadata": {"customer": "cus_" + "0" * 24},
        }

    def delete(self, request: ApiRequest, params: Wire, widget_id: str) -> Wire:
        return {"id": widget_id, "object": "widget", "deleted": True}


class OpenView(ApiView):
    """A view that forgot to name its resource."""

    def get(self, request: ApiRequest, params: Wire) -> Wire:
        return {"object": "open", "version": request_context.current().api_version}


def _show(row: RequestLog) -> Wire:
    return {"id": row.id, "object": "widget", "customer": "cus_" + "0" * 24}


def unnamed(request: HttpRequest, exception: Exception | None = None) -> Any:
    return unknown_url(request)


urlpatterns = [
    path("v1/widgets", WidgetsView.as_view()),
    path("v1/widgets/<str:widget_id>", WidgetView.as_view()),
    path("v1/open", OpenView.as_view()),
    re_path(r"^v1/", unknown_url),
]
handler404 = unnamed
