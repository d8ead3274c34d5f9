"""The tables of accounts, people, keys, files, OAuth, roles, approvals and the audit trail."""

from accounts.migrations import _schema_functions
from core.database.operations import CreateModels
from django.conf import settings
from django.db import migrations, models
import accounts.models.user
import accounts.states
import core.database.fields
import core.database.finding
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.comparison
import django.db.models.functions.datetime
import django.db.models.functions.text
import oauth2_provider.generators
import oauth2_provider.models
import uuid


class Migration(migrations.Migration):
    initial = True

    # What stood here before the first release, in one.
    replaces = [
        ("accounts", "0001_initial"),
        ("accounts", "0002_fewer_indexes"),
        ("accounts", "0003_files"),
        ("accounts", "0004_oauth_connections"),
        ("accounts", "0005_people"),
        ("accounts", "0006_operators_by_the_owner"),
        ("accounts", "0007_token_families"),
        ("accounts", "0008_letters_and_language"),
        ("accounts", "0009_files_end"),
        ("accounts", "0001_schema"),
        ("accounts", "0002_admin_log_is_kept"),
        ("accounts", "0003_words_for_people"),
        ("accounts", "0004_roles"),
        ("accounts", "0005_sessions_of_people"),
        ("accounts", "0006_found_by_operators"),
        ("accounts", "0007_invitations_of_operators"),
        ("accounts", "0008_audit_trail"),
        ("accounts", "0009_admin_log_in_the_trail"),
        ("accounts", "0010_approvals"),
        ("accounts", "0001_squashed"),
        ("accounts", "0011_approvals_of_accounts"),
        ("accounts", "0012_approvals_recovered"),
        ("accounts", "0013_account_alerts"),
        ("accounts", "0014_configuration_version"),
    ]

    dependencies = [("auth", "0012_alter_user_first_name_max_length")]

    operations = [
        CreateModels(
            [
                migrations.CreateModel(
                    name="User",
                    fields=[
                        ("password", models.CharField(max_length=128, verbose_name="password")),
                        (
                            "last_login",
                            models.DateTimeField(blank=True, null=True, verbose_name="last login"),
                        ),
                        (
                            "is_superuser",
                            models.BooleanField(
                                default=False,
                                help_text="Designates that this user has all permissions without explicitly assigning them.",
                                verbose_name="superuser status",
                            ),
                        ),
                        (
                            "id",
                            core.database.fields.IdField(
                                editable=False, prefix="user", primary_key=True, serialize=False
                            ),
                        ),
                        ("email", models.EmailField(max_length=254, unique=True)),
                        ("name", models.CharField(blank=True, max_length=200)),
                        ("is_staff", models.BooleanField(default=False)),
                        ("is_active", models.BooleanField(default=True)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "operator_role",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("owner", "Owner"),
                                    ("admin", "Admin"),
                                    ("operator", "Operator"),
                                    ("support", "Support"),
                                    ("finance", "Finance"),
                                    ("developer", "Developer"),
                                    ("auditor", "Auditor"),
                                ],
                                db_default="",
                                default="",
                                max_length=12,
                                verbose_name="role",
                            ),
                        ),
                        (
                            "groups",
                            models.ManyToManyField(
                                blank=True,
                                help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                                related_name="user_set",
                                related_query_name="user",
                                to="auth.group",
                                verbose_name="groups",
                            ),
                        ),
                        (
                            "user_permissions",
                            models.ManyToManyField(
                                blank=True,
                                help_text="Specific permissions for this user.",
                                related_name="user_set",
                                related_query_name="user",
                                to="auth.permission",
                                verbose_name="user permissions",
                            ),
                        ),
                    ],
                    managers=[
                        ("objects", accounts.models.user.UserManager()),
                    ],
                ),
                migrations.CreateModel(
                    name="Account",
                    fields=[
                        (
                            "id",
                            core.database.fields.IdField(
                                editable=False, prefix="acct", primary_key=True, serialize=False
                            ),
                        ),
                        ("name", models.CharField(blank=True, max_length=200)),
                        ("email", models.EmailField(blank=True, max_length=254, null=True)),
                        ("country", models.CharField(default="US", max_length=2)),
                        ("default_currency", core.database.fields.CurrencyField(default="usd")),
                        (
                            "language",
                            models.CharField(
                                blank=True,
                                choices=[("en", "English"), ("th", "Thai")],
                                db_default="",
                                default="",
                                max_length=2,
                            ),
                        ),
                        ("type", models.CharField(default="standard", max_length=12)),
                        ("business_type", models.CharField(blank=True, max_length=40, null=True)),
                        ("business_profile", models.JSONField(blank=True, default=dict)),
                        ("company", models.JSONField(blank=True, null=True)),
                        ("controller", models.JSONField(blank=True, default=dict)),
                        ("settings", models.JSONField(blank=True, default=dict)),
                        ("tos_acceptance", models.JSONField(blank=True, default=dict)),
                        ("metadata", models.JSONField(blank=True, default=dict)),
                        ("charges_enabled", models.BooleanField(default=False)),
                        ("payouts_enabled", models.BooleanField(default=False)),
                        ("details_submitted", models.BooleanField(default=False)),
                        (
                            "fee_bps",
                            models.PositiveIntegerField(
                                default=290,
                                help_text="Basis points: ten-thousandths of each payment.",
                                verbose_name="fee",
                            ),
                        ),
                        (
                            "fee_fixed_amount",
                            core.database.fields.AmountField(
                                default=30,
                                help_text="Added to it, in the payment's currency: 30 minor units are 0.30 USD or 30 JPY.",
                                verbose_name="fixed fee",
                            ),
                        ),
                        (
                            "settlement_delay_days",
                            models.PositiveSmallIntegerField(
                                default=2,
                                help_text="Business days from capture until the money is available.",
                            ),
                        ),
                        (
                            "api_version",
                            models.CharField(default="2026-10-28.endive", max_length=40),
                        ),
                        ("created_at", models.DateTimeField()),
                        ("closed_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "opened_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="opened",
                                to="accounts.account",
                            ),
                        ),
                        (
                            "alerts",
                            models.JSONField(
                                blank=True,
                                db_default=models.Value({}, models.JSONField()),
                                default=dict,
                                editable=False,
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["email"], name="account_by_email"),
                            models.Index(
                                django.db.models.functions.text.Upper("email"),
                                name="account_email_in_any_case",
                            ),
                            models.Index(
                                django.db.models.functions.comparison.Collate(
                                    django.db.models.functions.text.Upper("name"), "C"
                                ),
                                name="account_by_beginning",
                            ),
                            models.Index(core.database.finding.Tail("id"), name="account_by_tail"),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("fee_bps__lte", 10000), ("fee_fixed_amount__gte", 0)
                                ),
                                name="account_fee_is_sane",
                                violation_error_message="The fee takes at most 10,000 basis points, and a fixed amount that is not below zero.",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ApiKey",
                    fields=[
                        ("livemode", models.BooleanField()),
                        (
                            "id",
                            core.database.fields.IdField(
                                editable=False, prefix="key", primary_key=True, serialize=False
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("secret", "Secret"),
                                    ("restricted", "Restricted"),
                                    ("publishable", "Publishable"),
                                    ("ephemeral", "Ephemeral"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("name", models.CharField(blank=True, max_length=100)),
                        ("digest", models.BinaryField(max_length=32, unique=True)),
                        ("pepper_id", models.PositiveSmallIntegerField(default=1, editable=False)),
                        ("hint", models.CharField(editable=False, max_length=40)),
                        (
                            "public_text",
                            models.CharField(blank=True, editable=False, max_length=80, null=True),
                        ),
                        ("permissions", models.JSONField(blank=True, default=dict)),
                        ("platform_id", core.database.fields.ReferenceField(blank=True, null=True)),
                        ("token_family", models.UUIDField(blank=True, editable=False, null=True)),
                        ("created_at", models.DateTimeField()),
                        ("expires_at", models.DateTimeField(blank=True, null=True)),
                        ("last_used_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "account",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="accounts.account",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "API key",
                        "indexes": [
                            models.Index(fields=["account", "livemode"], name="api_key_by_account")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Connection",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("livemode", models.BooleanField()),
                        ("granted", models.JSONField(blank=True, null=True)),
                        ("created_at", models.DateTimeField()),
                        ("ended_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "account",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="connected_to",
                                to="accounts.account",
                            ),
                        ),
                        (
                            "platform",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="connections",
                                to="accounts.account",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["platform", "livemode", "-account"],
                                name="connection_by_platform",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("account", "platform", "livemode"),
                                name="one_connection_per_platform_and_mode",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="File",
                    fields=[
                        ("livemode", models.BooleanField()),
                        (
                            "id",
                            core.database.fields.IdField(
                                editable=False, prefix="file", primary_key=True, serialize=False
                            ),
                        ),
                        ("purpose", models.CharField(max_length=40)),
                        ("filename", models.CharField(max_length=255)),
                        ("type", models.CharField(max_length=8)),
                        ("size_bytes", models.PositiveIntegerField()),
                        ("sha256", models.CharField(max_length=64)),
                        ("created_at", models.DateTimeField()),
                        ("expires_at", models.DateTimeField(blank=True, null=True)),
                        ("removed_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "account",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="accounts.account",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["account", "livemode", "-id"], name="file_by_account"
                            ),
                            models.Index(
                                condition=models.Q(("removed_at", None)),
                                fields=["id"],
                                name="file_with_content",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="FileChunk",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("position", models.PositiveIntegerField()),
                        ("content", models.BinaryField()),
                        (
                            "file",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="chunks",
                                to="accounts.file",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("file", "position"), name="one_chunk_per_position"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="FileLink",
                    fields=[
                        ("livemode", models.BooleanField()),
                        (
                            "id",
                            core.database.fields.IdField(
                                editable=False, prefix="link", primary_key=True, serialize=False
                            ),
                        ),
                        ("expires_at", models.DateTimeField()),
                        ("platform_id", core.database.fields.ReferenceField(blank=True, null=True)),
                        ("metadata", models.JSONField(blank=True, default=dict)),
                        ("created_at", models.DateTimeField()),
                        (
                            "account",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="accounts.account",
                            ),
                        ),
                        (
                            "file",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="links",
                                to="accounts.file",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["account", "livemode", "-id"], name="file_link_by_account"
                            ),
                            models.Index(fields=["file", "-id"], name="file_link_by_file"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Letter",
                    fields=[
                        ("tries", models.PositiveSmallIntegerField(default=0)),
                        ("next_try_at", models.DateTimeField(blank=True, null=True)),
                        ("sent_at", models.DateTimeField(blank=True, null=True)),
                        ("created_at", models.DateTimeField()),
                        (
                            "id",
                            core.database.fields.IdField(
                                editable=False, prefix="ltr", primary_key=True, serialize=False
                            ),
                        ),
                        ("account_id", core.database.fields.ReferenceField(blank=True, null=True)),
                        ("occurrence", models.CharField(max_length=200)),
                        ("email", models.CharField(max_length=512)),
                        ("subject", models.TextField()),
                        ("body", models.TextField()),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("next_try_at__isnull", False)),
                                fields=["next_try_at"],
                                name="letter_waiting",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("occurrence", "email"), name="one_letter_per_address"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Membership",
                    fields=[
                        (
                            "id",
                            core.database.fields.IdField(
                                editable=False, prefix="mem", primary_key=True, serialize=False
                            ),
                        ),
                        (
                            "role",
                            models.CharField(
                                choices=[
                                    ("owner", "Owner"),
                                    ("admin", "Admin"),
                                    ("operator", "Operator"),
                                    ("support", "Support"),
                                    ("finance", "Finance"),
                                    ("developer", "Developer"),
                                    ("auditor", "Auditor"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "account",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="memberships",
                                to="accounts.account",
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="memberships",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("user", "account"), name="one_membership_per_account"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="OAuthApplication",
                    fields=[
                        ("id", models.BigAutoField(primary_key=True, serialize=False)),
                        (
                            "client_id",
                            models.CharField(
                                db_index=True,
                                default=oauth2_provider.generators.generate_client_id,
                                max_length=255,
                                unique=True,
                                verbose_name="client ID",
                            ),
                        ),
                        (
                            "redirect_uris",
                            models.TextField(
                                blank=True,
                                help_text="Allowed URIs list, space separated",
                                verbose_name="redirect URIs",
                            ),
                        ),
                        (
                            "post_logout_redirect_uris",
                            models.TextField(
                                blank=True,
                                default="",
                                help_text="Allowed Post Logout URIs list, space separated",
                                verbose_name="post logout redirect URIs",
                            ),
                        ),
                        (
                            "client_type",
                            models.CharField(
                                choices=[("confidential", "Confidential"), ("public", "Public")],
                                max_length=32,
                                verbose_name="client type",
                            ),
                        ),
                        (
                            "authorization_grant_type",
                            models.CharField(
                                choices=[
                                    ("authorization-code", "Authorization code"),
                                    ("urn:ietf:params:oauth:grant-type:device_code", "Device Code"),
                                    ("implicit", "Implicit"),
                                    ("password", "Resource owner password-based"),
                                    ("client-credentials", "Client credentials"),
                                    ("openid-hybrid", "OpenID connect hybrid"),
                                ],
                                max_length=44,
                                verbose_name="authorization grant type",
                            ),
                        ),
                        (
                            "client_secret",
                            oauth2_provider.models.ClientSecretField(
                                blank=True,
                                db_index=True,
                                default=oauth2_provider.generators.generate_client_secret,
                                help_text="Client secret for authentication",
                                max_length=255,
                                verbose_name="client secret",
                            ),
                        ),
                        (
                            "hash_client_secret",
                            models.BooleanField(default=True, verbose_name="hash client secret"),
                        ),
                        ("name", models.CharField(blank=True, max_length=255, verbose_name="name")),
                        (
                            "skip_authorization",
                            models.BooleanField(default=False, verbose_name="skip authorization"),
                        ),
                        (
                            "created",
                            models.DateTimeField(auto_now_add=True, verbose_name="created"),
                        ),
                        ("updated", models.DateTimeField(auto_now=True, verbose_name="updated")),
                        (
                            "algorithm",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("", "No OIDC support"),
                                    ("RS256", "RSA with SHA-2 256"),
                                    ("HS256", "HMAC with SHA-2 256"),
                                ],
                                default="",
                                max_length=5,
                                verbose_name="algorithm",
                            ),
                        ),
                        (
                            "allowed_origins",
                            models.TextField(
                                blank=True,
                                default="",
                                help_text="Allowed origins list to enable CORS, space separated",
                                verbose_name="allowed origins",
                            ),
                        ),
                        (
                            "registration_source",
                            models.CharField(
                                choices=[
                                    ("manual", "Manual"),
                                    ("dcr", "Dynamic Client Registration"),
                                    ("cimd", "Client ID Metadata Document"),
                                ],
                                default="manual",
                                help_text="How this application was registered (manual, DCR per RFC 7591, or CIMD)",
                                max_length=32,
                                verbose_name="registration source",
                            ),
                        ),
                        (
                            "cimd_expires_at",
                            models.DateTimeField(
                                blank=True,
                                default=None,
                                help_text="When the cached Client ID Metadata Document should be re-fetched",
                                null=True,
                                verbose_name="CIMD expires at",
                            ),
                        ),
                        ("livemode", models.BooleanField()),
                        ("resources", models.JSONField(blank=True, default=list)),
                        (
                            "key_lifetime_seconds",
                            models.PositiveIntegerField(
                                blank=True,
                                help_text="After which the keys that it is given end, to be refreshed; empty for never.",
                                null=True,
                            ),
                        ),
                        (
                            "account",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="oauth_applications",
                                to="accounts.account",
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="%(app_label)s_%(class)s",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="user",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "OAuth application",
                    },
                ),
                migrations.CreateModel(
                    name="OAuthGrant",
                    fields=[
                        ("id", models.BigAutoField(primary_key=True, serialize=False)),
                        (
                            "code",
                            models.CharField(max_length=255, unique=True, verbose_name="code"),
                        ),
                        ("expires", models.DateTimeField(verbose_name="expires")),
                        ("redirect_uri", models.TextField(verbose_name="redirect URI")),
                        ("scope", models.TextField(blank=True, verbose_name="scope")),
                        (
                            "created",
                            models.DateTimeField(auto_now_add=True, verbose_name="created"),
                        ),
                        ("updated", models.DateTimeField(auto_now=True, verbose_name="updated")),
                        (
                            "code_challenge",
                            models.CharField(
                                blank=True,
                                default="",
                                max_length=128,
                                verbose_name="code challenge",
                            ),
                        ),
                        (
                            "code_challenge_method",
                            models.CharField(
                                blank=True,
                                choices=[("plain", "plain"), ("S256", "S256")],
                                default="",
                                max_length=10,
                                verbose_name="code challenge method",
                            ),
                        ),
                        (
                            "nonce",
                            models.CharField(
                                blank=True, default="", max_length=255, verbose_name="nonce"
                            ),
                        ),
                        ("claims", models.TextField(blank=True, verbose_name="claims")),
                        (
                            "resource",
                            oauth2_provider.models.ResourceJSONField(
                                blank=True, default=list, verbose_name="resource"
                            ),
                        ),
                        ("used_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "account",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="accounts.account",
                            ),
                        ),
                        (
                            "application",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL,
                                verbose_name="application",
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="%(app_label)s_%(class)s",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="user",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="OAuthIDToken",
                    fields=[
                        ("id", models.BigAutoField(primary_key=True, serialize=False)),
                        (
                            "jti",
                            models.UUIDField(
                                default=uuid.uuid4,
                                editable=False,
                                unique=True,
                                verbose_name="JWT Token ID",
                            ),
                        ),
                        ("expires", models.DateTimeField(verbose_name="expires")),
                        ("scope", models.TextField(blank=True, verbose_name="scope")),
                        (
                            "created",
                            models.DateTimeField(auto_now_add=True, verbose_name="created"),
                        ),
                        ("updated", models.DateTimeField(auto_now=True, verbose_name="updated")),
                        (
                            "application",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL,
                                verbose_name="application",
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="%(app_label)s_%(class)s",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="user",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="RoleChange",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("user_id", core.database.fields.ReferenceField()),
                        ("was", models.CharField(blank=True, max_length=12)),
                        ("became", models.CharField(blank=True, max_length=12)),
                        ("by_id", core.database.fields.ReferenceField(blank=True)),
                        ("at", models.DateTimeField()),
                    ],
                    options={
                        "indexes": [models.Index(fields=["user_id"], name="role_change_by_user")],
                    },
                ),
                migrations.CreateModel(
                    name="Session",
                    fields=[
                        (
                            "session_key",
                            models.CharField(
                                max_length=40,
                                primary_key=True,
                                serialize=False,
                                verbose_name="session key",
                            ),
                        ),
                        ("session_data", models.TextField(verbose_name="session data")),
                        (
                            "expire_date",
                            models.DateTimeField(db_index=True, verbose_name="expire date"),
                        ),
                        ("began_at", models.DateTimeField(null=True)),
                        ("seen_at", models.DateTimeField(null=True)),
                        ("address", models.GenericIPAddressField(null=True)),
                        ("agent", models.CharField(blank=True, max_length=200)),
                        (
                            "user",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="sessions",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "db_table": "accounts_session",
                    },
                ),
                migrations.CreateModel(
                    name="Invitation",
                    fields=[
                        (
                            "id",
                            core.database.fields.IdField(
                                editable=False, prefix="inv", primary_key=True, serialize=False
                            ),
                        ),
                        ("email", models.EmailField(max_length=254)),
                        (
                            "role",
                            models.CharField(
                                choices=[
                                    ("owner", "Owner"),
                                    ("admin", "Admin"),
                                    ("operator", "Operator"),
                                    ("support", "Support"),
                                    ("finance", "Finance"),
                                    ("developer", "Developer"),
                                    ("auditor", "Auditor"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("digest", models.CharField(max_length=64, unique=True)),
                        ("created_at", models.DateTimeField()),
                        ("expires_at", models.DateTimeField()),
                        ("accepted_at", models.DateTimeField(null=True)),
                        ("withdrawn_at", models.DateTimeField(null=True)),
                        (
                            "invited_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="invitations",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="AuditSeal",
                    fields=[
                        ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                        ("until_xid", models.BigIntegerField()),
                        ("cluster", models.CharField(max_length=32)),
                        ("event_count", models.PositiveIntegerField()),
                        ("root", models.BinaryField(max_length=32)),
                        ("previous", models.BinaryField(max_length=32)),
                        ("head", models.BinaryField(max_length=32)),
                        ("signature", models.BinaryField(max_length=64)),
                        ("public_key", models.BinaryField(max_length=32)),
                        ("sealed_at", models.DateTimeField()),
                    ],
                ),
                migrations.CreateModel(
                    name="AuditEvent",
                    fields=[
                        (
                            "id",
                            core.database.fields.IdField(
                                editable=False, prefix="aud", primary_key=True, serialize=False
                            ),
                        ),
                        (
                            "created_at",
                            models.DateTimeField(
                                db_default=django.db.models.functions.datetime.Now()
                            ),
                        ),
                        ("actor_kind", models.CharField(max_length=16)),
                        ("actor_id", core.database.fields.ReferenceField(blank=True, null=True)),
                        ("actor_email", models.CharField(blank=True, max_length=254)),
                        ("actor_name", models.CharField(blank=True, max_length=200)),
                        ("action", models.CharField(max_length=64)),
                        ("target_type", models.CharField(blank=True, max_length=64)),
                        ("target_id", models.CharField(blank=True, max_length=200)),
                        ("account_id", core.database.fields.ReferenceField(blank=True, null=True)),
                        ("livemode", models.BooleanField(blank=True, null=True)),
                        ("changes", models.JSONField(blank=True, default=dict)),
                        ("address", models.GenericIPAddressField(blank=True, null=True)),
                        ("session", models.CharField(blank=True, max_length=64)),
                        ("request_id", core.database.fields.ReferenceField(blank=True, null=True)),
                        ("reason", models.TextField(blank=True)),
                        ("step_up_seconds", models.PositiveIntegerField(blank=True, null=True)),
                        ("approval_id", core.database.fields.ReferenceField(blank=True, null=True)),
                        (
                            "xid",
                            models.BigIntegerField(
                                db_default=django.db.models.expressions.RawSQL(
                                    "(pg_current_xact_id()::text::bigint)", ()
                                ),
                                editable=False,
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["-created_at", "-id"], name="audit_by_time"),
                            models.Index(fields=["actor_email", "-id"], name="audit_by_email"),
                            models.Index(fields=["actor_id", "-id"], name="audit_by_actor"),
                            models.Index(fields=["action", "-id"], name="audit_by_action"),
                            models.Index(fields=["target_id", "-id"], name="audit_by_target"),
                            models.Index(fields=["account_id", "-id"], name="audit_by_account"),
                            models.Index(fields=["request_id"], name="audit_by_request"),
                            models.Index(fields=["xid"], name="audit_by_xid"),
                            models.Index(
                                condition=models.Q(("approval_id__isnull", False)),
                                fields=["approval_id"],
                                name="audit_by_approval",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AuditLeaf",
                    fields=[
                        (
                            "event_id",
                            core.database.fields.ReferenceField(primary_key=True, serialize=False),
                        ),
                        ("seal_number", models.BigIntegerField()),
                        ("position", models.PositiveIntegerField()),
                        ("leaf", models.BinaryField(max_length=32)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("seal_number", "position"), name="one_leaf_per_place"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ApprovalRequest",
                    fields=[
                        (
                            "id",
                            core.database.fields.IdField(
                                editable=False, prefix="appr", primary_key=True, serialize=False
                            ),
                        ),
                        ("action", models.CharField(max_length=64)),
                        ("parameters", models.JSONField()),
                        ("facts", models.JSONField(default=dict)),
                        ("sha256", models.CharField(max_length=64)),
                        ("summary", models.TextField()),
                        ("currency", core.database.fields.CurrencyField(blank=True)),
                        ("amount", core.database.fields.AmountField(blank=True, null=True)),
                        ("livemode", models.BooleanField(blank=True, null=True)),
                        ("rule_id", core.database.fields.ReferenceField(blank=True)),
                        ("above_amount", core.database.fields.AmountField()),
                        ("requested_by_id", core.database.fields.ReferenceField()),
                        ("requested_by_email", models.CharField(max_length=254)),
                        ("reason", models.TextField()),
                        ("created_at", models.DateTimeField()),
                        ("expires_at", models.DateTimeField()),
                        (
                            "state",
                            core.database.fields.StatusField(
                                default=accounts.states.ApprovalState["WAITING"]
                            ),
                        ),
                        (
                            "decided_by_id",
                            core.database.fields.ReferenceField(blank=True, null=True),
                        ),
                        ("decided_by_email", models.CharField(blank=True, max_length=254)),
                        ("decision_reason", models.TextField(blank=True)),
                        ("decided_at", models.DateTimeField(blank=True, null=True)),
                        ("ended_at", models.DateTimeField(blank=True, null=True)),
                        ("message", models.TextField(blank=True)),
                        (
                            "account",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="accounts.account",
                            ),
                        ),
                        ("limited_amount", core.database.fields.AmountField(blank=True, null=True)),
                        ("run_count", models.PositiveSmallIntegerField(db_default=0, default=0)),
                        ("tried_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(
                                    ("state", accounts.states.ApprovalState["WAITING"])
                                ),
                                fields=["expires_at"],
                                name="approval_waiting",
                            ),
                            models.Index(
                                condition=models.Q(
                                    ("state", accounts.states.ApprovalState["APPROVED"])
                                ),
                                fields=["tried_at"],
                                name="approval_cut_off",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "state__in",
                                        [
                                            "approved",
                                            "executed",
                                            "expired",
                                            "failed",
                                            "rejected",
                                            "waiting",
                                            "withdrawn",
                                        ],
                                    )
                                ),
                                name="approval_state_is_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        (
                                            "state__in",
                                            [
                                                accounts.states.ApprovalState["APPROVED"],
                                                accounts.states.ApprovalState["EXECUTED"],
                                                accounts.states.ApprovalState["FAILED"],
                                                accounts.states.ApprovalState["REJECTED"],
                                            ],
                                        ),
                                        _negated=True,
                                    ),
                                    models.Q(
                                        ("decided_by_id__isnull", False),
                                        models.Q(
                                            ("decided_by_id", models.F("requested_by_id")),
                                            _negated=True,
                                        ),
                                    ),
                                    _connector="OR",
                                ),
                                name="somebody_else_decides",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(
                                    ("state", accounts.states.ApprovalState["WAITING"])
                                ),
                                fields=("action", "sha256"),
                                name="one_waiting_approval_each",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ApprovalRule",
                    fields=[
                        (
                            "id",
                            core.database.fields.IdField(
                                editable=False, prefix="apprule", primary_key=True, serialize=False
                            ),
                        ),
                        ("action", models.CharField(max_length=64)),
                        ("currency", core.database.fields.CurrencyField(blank=True)),
                        ("above_amount", core.database.fields.AmountField(default=0)),
                        ("in_test_mode", models.BooleanField(default=False)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("action", "currency"), name="one_approval_rule_each"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("above_amount", 0),
                                    models.Q(
                                        ("above_amount__gt", 0),
                                        models.Q(("currency", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="approval_amount_has_a_currency",
                                violation_error_message="Say of which currency the amount is.",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="OAuthRefreshToken",
                    fields=[
                        ("id", models.BigAutoField(primary_key=True, serialize=False)),
                        ("token", models.TextField(verbose_name="token")),
                        (
                            "token_checksum",
                            oauth2_provider.models.TokenChecksumField(
                                max_length=64, verbose_name="token checksum"
                            ),
                        ),
                        (
                            "token_family",
                            models.UUIDField(
                                blank=True, editable=False, null=True, verbose_name="token family"
                            ),
                        ),
                        (
                            "resource",
                            oauth2_provider.models.ResourceJSONField(
                                blank=True, default=list, verbose_name="resource"
                            ),
                        ),
                        (
                            "created",
                            models.DateTimeField(auto_now_add=True, verbose_name="created"),
                        ),
                        ("updated", models.DateTimeField(auto_now=True, verbose_name="updated")),
                        ("revoked", models.DateTimeField(null=True, verbose_name="revoked")),
                        ("scope", models.CharField(default="read_only", max_length=20)),
                        (
                            "access_token",
                            models.OneToOneField(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="refresh_token",
                                to=settings.OAUTH2_PROVIDER_ACCESS_TOKEN_MODEL,
                                verbose_name="access token",
                            ),
                        ),
                        (
                            "account",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="accounts.account",
                            ),
                        ),
                        (
                            "application",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL,
                                verbose_name="application",
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="%(app_label)s_%(class)s",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="user",
                            ),
                        ),
                    ],
                    options={
                        "unique_together": {("token_checksum", "revoked")},
                        "indexes": [
                            models.Index(
                                fields=["token_family"], name="accounts_oa_token_f_300deb_idx"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="OAuthAccessToken",
                    fields=[
                        ("id", models.BigAutoField(primary_key=True, serialize=False)),
                        ("token", models.TextField(verbose_name="token")),
                        (
                            "token_checksum",
                            oauth2_provider.models.TokenChecksumField(
                                db_index=True,
                                max_length=64,
                                unique=True,
                                verbose_name="token checksum",
                            ),
                        ),
                        ("expires", models.DateTimeField(verbose_name="expires")),
                        ("scope", models.TextField(blank=True, verbose_name="scope")),
                        (
                            "resource",
                            oauth2_provider.models.ResourceJSONField(
                                blank=True, default=list, verbose_name="resource"
                            ),
                        ),
                        (
                            "created",
                            models.DateTimeField(auto_now_add=True, verbose_name="created"),
                        ),
                        ("updated", models.DateTimeField(auto_now=True, verbose_name="updated")),
                        (
                            "user",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="%(app_label)s_%(class)s",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="user",
                            ),
                        ),
                        (
                            "application",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL,
                                verbose_name="application",
                            ),
                        ),
                        (
                            "id_token",
                            models.OneToOneField(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="access_token",
                                to=settings.OAUTH2_PROVIDER_ID_TOKEN_MODEL,
                                verbose_name="ID token",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="ConfigurationVersion",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("version", models.BigIntegerField()),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("id", 1)),
                                name="the_configuration_has_one_version",
                            )
                        ],
                    },
                ),
            ],
        ),
        migrations.AddField(
            model_name="oauthaccesstoken",
            name="source_refresh_token",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="refreshed_access_token",
                to=settings.OAUTH2_PROVIDER_REFRESH_TOKEN_MODEL,
                verbose_name="source refresh token",
            ),
        ),
        migrations.RunSQL([(text, None) for text in _schema_functions.ALL]),
        migrations.RunSQL(
            """
            CREATE SEQUENCE accounts_configuration_version START 2;
            INSERT INTO accounts_configurationversion (id, version) VALUES (1, 1);
            """,
            "DROP SEQUENCE accounts_configuration_version",
        ),
    ]
