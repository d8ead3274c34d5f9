from django.db import models
from django.db.models import Q
from django.utils.translation import gettext

from accounts.models import TenantModel
from connect.states import CHECK, CheckStatus
from core.database.fields import IdField, ReferenceField, StatusField, status_constraint
from core.database.finding import tail_index


class Person(TenantModel):
    """A person of a connected account, which is the tenant."""

    id = IdField(prefix="person")
    # The one who trades alone, whom the wire calls the account's `individual`.
    is_individual = models.BooleanField(default=False)
    # Details as the wire spells them, without numbers.
    details = models.JSONField(default=dict, blank=True)
    relationship = models.JSONField(default=dict, blank=True)
    # Numbers of the state, encrypted for this row, and which of them were given.
    sealed_numbers = models.BinaryField(null=True, blank=True)
    numbers_given = models.JSONField(default=list, blank=True)
    status = StatusField(default=CheckStatus.UNVERIFIED)
    # Hashes of `field`, `code` and `reason`: what did not pass.
    failed = models.JSONField(default=list, blank=True)
    # When the simulated registry answers.
    answer_at = models.DateTimeField(null=True, blank=True)
    metadata = models.JSONField(default=dict, blank=True)
    # The platform that added or changed it for the account, and when that was shut out.
    platform_id = ReferenceField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "people"
        constraints = [
            status_constraint(CheckStatus, name="person_status_is_known"),
            models.UniqueConstraint(
                fields=["account", "livemode"],
                condition=Q(is_individual=True, deleted_at=None),
                name="one_individual_per_account",
            ),
        ]
        indexes = [
            models.Index(fields=["account", "livemode", "-id"], name="person_by_account"),
            tail_index("person"),
        ]

    def __str__(self) -> str:
        names = (self.details.get("first_name"), self.details.get("last_name"))
        return " ".join(name for name in names if name) or self.id

    def move_to(self, status: CheckStatus) -> None:
        """Change the status of the check, if the machine allows it."""
        CHECK.check(CheckStatus(self.status), status)
        self.status = status


class AccountRequirements(TenantModel):
    """The requirements of a connected account, as last evaluated."""

    # Field → Unix seconds since which an active capability lacks it.
    due_since = models.JSONField(default=dict, blank=True)
    activated_at = models.DateTimeField(null=True, blank=True)
    # Requirements as the wire has them: of the account, and capability → its own.
    requirements = models.JSONField(default=dict, blank=True)
    capability_requirements = models.JSONField(default=dict, blank=True)
    company_status = StatusField(default=CheckStatus.UNVERIFIED)
    company_failed = models.JSONField(default=list, blank=True)
    sealed_numbers = models.BinaryField(null=True, blank=True)
    numbers_given = models.JSONField(default=list, blank=True)
    # Currencies of which it was given money and which none of its external accounts takes.
    stranded = models.JSONField(default=list, blank=True)
    # When to evaluate again though nothing was changed; None if time alone changes nothing.
    reevaluate_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "account requirements"
        constraints = [
            status_constraint(CheckStatus, name="company_status_is_known", field="company_status"),
            models.UniqueConstraint(
                fields=["account", "livemode"], name="one_requirements_row_per_mode"
            ),
        ]
        indexes = [
            models.Index(
                fields=["reevaluate_at"],
                condition=Q(reevaluate_at__isnull=False),
                name="requirements_by_reevaluation",
            )
        ]

    def __str__(self) -> str:
        return gettext("requirements of %(account)s") % {"account": self.account_id}


class AccountBlock(TenantModel):
    """A block on an account's charges or payouts; there may be several at once."""

    id = IdField(prefix="block")
    kind = models.CharField(max_length=8)
    source = models.CharField(max_length=12)
    # A word of `disabled_reasons.REASONS`, and words for people.
    reason = models.CharField(max_length=40)
    message = models.TextField(blank=True)
    author = models.CharField(max_length=320)
    # How it ends: `by_hand`, `on_date` or `when_verified`.
    release = models.CharField(max_length=16, default="by_hand")
    releases_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True, blank=True)
    released_by = models.CharField(max_length=320, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=("charges", "payouts")), name="block_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(source__in=("operator", "platform", "watch_list")),
                name="block_source_is_known",
            ),
            models.CheckConstraint(
                condition=Q(release__in=("by_hand", "when_verified"), releases_at=None)
                | Q(release="on_date", releases_at__isnull=False),
                name="block_says_how_it_ends",
            ),
        ]
        indexes = [
            models.Index(
                fields=["account", "livemode"],
                condition=Q(released_at=None),
                name="block_by_account",
            ),
            tail_index("account_block"),
        ]

    def __str__(self) -> str:
        return gettext("%(kind)s of %(account)s: %(reason)s") % {
            "kind": gettext(self.kind),
            "account": self.account_id,
            "reason": gettext(self.reason.replace("_", " ")),
        }


class AccountLink(TenantModel):
    """A short-lived, single-use link to a seller's pages.

    The tenant is the connected account. The text itself is nowhere; only its digest.
    """

    id = IdField(prefix="alink")
    digest = models.BinaryField(max_length=32, unique=True, editable=False)
    # `account_onboarding`, `account_update`, `login`, `session` or `look`.
    type = models.CharField(max_length=24)
    platform_id = models.CharField(max_length=64)
    return_url = models.CharField(max_length=2_048, blank=True)
    refresh_url = models.CharField(max_length=2_048, blank=True)
    # True to ask for what is due later as well.
    asks_everything = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    # When its platform was disconnected. Whoever came in by it is out again, for good.
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["account", "livemode", "-id"], name="link_by_account"),
            tail_index("account_link"),
        ]

    def __str__(self) -> str:
        return gettext("%(type)s of %(account)s") % {
            "type": gettext(self.type.replace("_", " ")),
            "account": self.account_id,
        }
