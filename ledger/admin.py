from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import islice

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext, gettext_lazy

from core.admin import ReadOnly, ReadOnlyInline, link, money, page_of, search_link
from core.money import Money
from core.operator_pages.shown import once
from core.security.visibility import find_visible, livemode_of
from ledger import queries
from ledger.audit.balance_proof import ProofGroup, prove
from ledger.models import (
    BalanceTransaction,
    Hold,
    JournalEntry,
    LedgerAccount,
    LimitChange,
    Posting,
    Seal,
    VerifyRun,
)
from ledger.posting.clearing import clearing_ageing


class PostingInline(ReadOnlyInline):
    model = Posting
    fields = ("ledger_account", "debit", "credit", "available_on", "balance_after")
    readonly_fields = fields
    show_change_link = False
    ordering = ("pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Posting]:
        rows: QuerySet[Posting] = super().get_queryset(request)
        return rows.select_related("account")

    @admin.display(description="account")
    def ledger_account(self, row: Posting) -> str:
        return str(row.account)

    @admin.display(description="debit")
    def debit(self, row: Posting) -> str:
        return str(Money(row.amount, row.currency)) if row.amount > 0 else ""

    @admin.display(description="credit")
    def credit(self, row: Posting) -> str:
        return str(Money(-row.amount, row.currency)) if row.amount < 0 else ""


class LimitChangeInline(ReadOnlyInline):
    model = LimitChange
    verbose_name_plural = gettext_lazy("Changes of the negative limit")
    fields = ("was", "became", "changed_by", "changed_at")
    readonly_fields = fields
    show_change_link = False
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[LimitChange]:
        rows: QuerySet[LimitChange] = super().get_queryset(request)
        return rows.select_related("account")

    @admin.display(description="before")
    def was(self, row: LimitChange) -> str:
        return str(Money(-row.before, row.account.currency))

    @admin.display(description="after")
    def became(self, row: LimitChange) -> str:
        return str(Money(-row.after, row.account.currency))


@admin.register(JournalEntry)
class JournalEntryAdmin(ReadOnly):
    list_display = (
        "id", "kind", "source", search_link("group", "ledger_journalentry", title="group"),
        "livemode", "posted_at",
    )  # fmt: skip
    search_help_text = "je_…, the source (ch_…, tr_…, re_…) or the group (pi_…)"
    searched_exactly = ("source", "group")
    exclude = ("fingerprint",)
    inlines = (PostingInline,)


@admin.register(LedgerAccount)
class LedgerAccountAdmin(ReadOnly):
    list_display = ("id", "code", "owner", "currency", "livemode", "is_guarded")
    search_help_text = "A number, or the owner: acct_… or a processor"
    searched_exactly = ("owner",)
    readonly_fields = ("balance", "proof")

    def get_urls(self) -> list[URLPattern]:
        """Add the pages that are no table's."""
        wrap = self.admin_site.admin_view
        return [
            path("clearing/", wrap(self.clearing), name="ledger_clearing"),
            path("<int:id>/proof/", wrap(self.prove), name="ledger_proof"),
            *super().get_urls(),
        ]

    inlines = (LimitChangeInline,)

    @admin.display(description="balance now")
    @once
    def balance(self, row: LedgerAccount) -> str:
        amount = queries.account_balance(row.code, row.owner, row.currency, livemode=row.livemode)
        return str(Money(amount, row.currency))

    @admin.display(description="proof")
    def proof(self, row: LedgerAccount) -> str:
        address = reverse("admin:ledger_proof", args=[row.pk])
        return format_html(
            '<a href="{}">{}</a>', address, gettext("Every line behind this balance")
        )

    def clearing(self, request: HttpRequest) -> HttpResponse:
        """Show what is on its way and has not arrived."""
        if not request.user.has_perm("ledger.view_ledgeraccount"):
            raise PermissionDenied
        most = settings.LEDGER_ROWS_SHOWN
        livemode = livemode_of(request)
        rows = [
            [
                f"{row.since:%Y-%m-%d %H:%M}" if row.since else gettext("unreadable"),
                _entries_of(row.group),
                row.code,
                row.owner,
                _money(row.amount, row.currency),
                gettext("live") if row.livemode else gettext("test"),
            ]
            for row in clearing_ageing(most=most + 1, livemode=livemode)
        ]
        note = gettext(
            "Each of these is money that left one place and has not reached the other. The oldest "
            "comes first."
        )
        if len(rows) > most:
            more = gettext("The oldest %(most)s are shown; `rialto ledger clearing` shows more.")
            note = f"{note} {more % {'most': most}}"
        return self._page(
            request,
            gettext("On its way"),
            (
                gettext("Since"),
                gettext("Object"),
                gettext("Account"),
                gettext("Owner"),
                gettext("Amount"),
                gettext("Mode"),
            ),
            rows[:most],
            note,
            gettext("Nothing is on its way: every clearing account is at zero."),
        )

    def prove(self, request: HttpRequest, id: int) -> HttpResponse:
        """Show every line behind a ledger account's balance."""
        if not request.user.has_perm("ledger.view_ledgeraccount"):
            raise PermissionDenied
        account = find_visible(request, LedgerAccount.objects.all(), id)
        moment = request.GET.get("at", "")
        try:
            at = _moment(moment)
        except ValueError:
            note = gettext(
                "“%(moment)s” is not a moment. Write it like 2026-11-01T00:00 (UTC)."
            ) % {"moment": moment}
            return self._proof(request, account, [], note)
        groups = prove(
            owner=account.owner,
            livemode=account.livemode,
            currency=account.currency,
            at=at,
            codes=[account.code],
        )
        most = settings.LEDGER_ROWS_SHOWN
        shown = list(islice(groups, most))
        rest = [group.total for group in groups]
        total = sum(group.total for group in shown) + sum(rest)
        note = gettext("All lines add up to %(total)s credited.") % {
            "total": Money(total, account.currency)
        }
        if rest:
            cut = gettext(
                "Of %(count)s objects the oldest %(most)s are shown; all of them with `rialto "
                "ledger prove %(owner)s`."
            )
            told = {"count": most + len(rest), "most": most, "owner": account.owner}
            note = f"{note} {cut % told}"
        if not shown:
            note = gettext("Nothing was posted yet.")
            if at:
                note = gettext("Nothing had been posted by %(at)s UTC.") % {"at": moment}
        return self._proof(request, account, shown, note)

    def _proof(
        self, request: HttpRequest, account: LedgerAccount, shown: Sequence[ProofGroup], note: str
    ) -> HttpResponse:
        return self._page(
            request,
            gettext("Proof of %(account)s") % {"account": account},
            (
                gettext("Object"),
                gettext("In all"),
                gettext("Amount"),
                gettext("Rule"),
                gettext("Entry"),
                gettext("Cause"),
                gettext("Posted"),
                gettext("Request"),
                gettext("Seal"),
            ),
            [row for group in shown for row in _proof_rows(group)],
            note,
            note,
            form={"at": request.GET.get("at", "")},
        )

    def _page(
        self,
        request: HttpRequest,
        title: str,
        headers: Sequence[str],
        rows: Sequence[Sequence[str]],
        note: str,
        empty: str,
        form: dict[str, str] | None = None,
    ) -> HttpResponse:
        context = self.admin_site.each_context(request) | {
            "title": title,
            "table": {"headers": headers, "rows": rows},
            "note": note,
            "empty": empty,
            "form": form,
        }
        return TemplateResponse(request, "admin/ledger/table.html", context)


def _proof_rows(group: ProofGroup) -> list[list[str]]:
    return [
        [
            _entries_of(group.group) if number == 0 else "",
            _money(group.total, group.currency) if number == 0 else "",
            _money(line.amount, group.currency),
            line.kind,
            format_html(
                '<a href="{}">{}</a>', page_of("ledger_journalentry", line.entry_id), line.entry_id
            ),
            line.source,
            f"{line.posted_at:%Y-%m-%d %H:%M:%S}" if line.posted_at else gettext("unreadable"),
            line.request_id or "—",
            format_html('<a href="{}">{}</a>', page_of("ledger_seal", str(line.seal)), line.seal)
            if line.seal
            else gettext("not yet"),
        ]
        for number, line in enumerate(group.lines)
    ]


def _money(amount: int, currency: str) -> str:
    return str(Money(amount, currency)).replace(" ", "\u00a0")


def _entries_of(group: str) -> str:
    """Link a business object to all its entries."""
    address = reverse("admin:ledger_journalentry_changelist")
    return format_html('<a href="{}?q={}">{}</a>', address, group, group)


def _moment(text: str) -> datetime | None:
    """Read a moment; None if none is given.

    Raises:
        ValueError: If it is not one.
    """
    moment = datetime.fromisoformat(text) if text else None
    return moment.replace(tzinfo=UTC) if moment and moment.tzinfo is None else moment


@admin.register(Hold)
class HoldAdmin(ReadOnly):
    list_display = ("id", "account", "amount", "source", "created_at", "expires_at", "ended")
    search_help_text = "hold_… or its source"
    searched_exactly = ("source",)
    list_select_related = ("account", "resolution")

    @admin.display(description="ended")
    def ended(self, row: Hold) -> str:
        found = getattr(row, "resolution", None)
        return (
            f"{gettext(found.kind)} {found.created_at:%Y-%m-%d %H:%M}" if found else gettext("open")
        )


@admin.register(Seal)
class SealAdmin(ReadOnly):
    list_display = ("number", "entry_count", "sealed_at", "shown_head")
    search_fields = ("number",)
    search_help_text = "A number"
    exclude = ("root", "previous", "head")
    readonly_fields = ("shown_root", "shown_previous", "shown_head")

    @admin.display(description="root")
    def shown_root(self, row: Seal) -> str:
        return _hash(row.root)

    @admin.display(description="head of the seal before")
    def shown_previous(self, row: Seal) -> str:
        return _hash(row.previous)

    @admin.display(description="head")
    def shown_head(self, row: Seal) -> str:
        return _hash(row.head)


def _hash(digest: bytes | memoryview) -> str:
    return format_html('<code class="break-all">{}</code>', bytes(digest).hex())


@admin.register(VerifyRun)
class VerifyRunAdmin(ReadOnly):
    list_display = ("began_at", "ended_at", "check_count", "outcome", "asked_by")
    search_fields = ("id",)
    search_help_text = "A number"
    exclude = ("findings", "is_waiting")
    readonly_fields = ("outcome", "listed")

    @admin.display(description="outcome")
    def outcome(self, row: VerifyRun) -> str:
        if row.ended_at is None:
            return gettext("waits") if row.is_waiting else gettext("still at it, or cut off")
        if not row.finding_count:
            return gettext("the books balance")
        return gettext("findings: %(count)s") % {"count": row.finding_count}

    @admin.display(description="findings")
    def listed(self, row: VerifyRun) -> str:
        return (
            format_html_join(
                "",
                "<p>{} {}: <code>{}</code></p>",
                ((f["check"], f["id"], f["detail"]) for f in row.findings),
            )
            or "—"
        )


@admin.register(BalanceTransaction)
class BalanceTransactionAdmin(ReadOnly):
    list_display = (
        "id", "type", money(), money("fee", title="fee"), money("net", title="net"), "source",
        link("account_id", "accounts_account", title="owner"), "available_on",
    )  # fmt: skip
    search_help_text = "txn_… or its source"
    searched_exactly = ("source",)
    readonly_fields = (link("entry_id", "ledger_journalentry", title="entry page"),)
