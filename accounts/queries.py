"""Finding accounts, and reading what they own: their files."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from django.core.signing import BadSignature, Signer
from django.db.models import Prefetch, Q, QuerySet

from accounts.models import Account, ApiKey, File, FileChunk, FileLink
from core.database import finding
from core.database.finding import Found, Scope, Typed
from core.database.lookups import one
from core.errors import InvalidRequest, missing
from core.security.roles import standing_of
from core.security.rows import may_see
from core.tenant import Tenant

# One more than a file object shows, to know whether there are more.
_LINKS_READ = 11

# What SQL of rooms above reads: each account with the platform that opened it, or itself.
PLATFORMS: Final = """(
    SELECT id AS account_id, coalesce(opened_by_id, id) AS platform_id FROM accounts_account
)"""


def files(tenant: Tenant) -> QuerySet[File]:
    """Return all files of an account, each with its newest links as `newest_links`."""
    newest = FileLink.objects.order_by("-id")[:_LINKS_READ]
    return File.objects.filter(
        account_id=tenant.account_id, livemode=tenant.livemode
    ).prefetch_related(Prefetch("links", queryset=newest, to_attr="newest_links"))


def file(tenant: Tenant, file_id: str, *, param: str = "id") -> File:
    """Return an account's file.

    Raises:
        Missing: If there is none.
    """
    return one(files(tenant), file_id, kind="file", param=param)


def file_for(tenant: Tenant, file_id: str, *purposes: str, param: str) -> File:
    """Return a file that a parameter names and that was uploaded for one of these purposes.

    Args:
        tenant: Whose file it must be.
        file_id: `file_...`.
        purposes: Keys of `catalog.PURPOSES`.
        param: The parameter, such as `"evidence[receipt]"`.

    Raises:
        Missing: If there is none.
        InvalidRequest: If it is for something else.
    """
    row = file(tenant, file_id, param=param)
    if row.purpose not in purposes:
        raise InvalidRequest(
            f"The file {file_id} was uploaded for the purpose {row.purpose}. Upload it for "
            f"{' or '.join(purposes)}.",
            param=param,
        )
    if row.removed_at is not None:
        raise InvalidRequest(
            f"The file {file_id} has expired and is gone. Upload it again.", param=param
        )
    return row


def any_file(file_id: str, user: object) -> File | None:
    """Return a file that somebody may see in the console; None if there is none."""
    row = File.objects.select_related("account").filter(id=file_id).first()
    if row is None or not may_see(user, row.account_id, row.account.opened_by_id):
        return None
    return row


def any_key(key_id: str, user: object) -> ApiKey | None:
    """Return a key that somebody may see in the console; None if there is none."""
    row = ApiKey.objects.select_related("account").filter(id=key_id).first()
    if row is None or not may_see(user, row.account_id, row.account.opened_by_id):
        return None
    return row


def may_be_set_up(user: object, account_id: str) -> bool:
    """Tell whether somebody makes keys and endpoints for an account, which must be open.

    Members do so for their platform, and not for its sellers.
    """
    standing = standing_of(user)
    if standing is None or "\0" in account_id:
        return False
    if standing.platform_id and standing.platform_id != account_id:
        return False
    return Account.objects.filter(id=account_id, closed_at=None).exists()


def papers(file_ids: Iterable[str]) -> dict[str, File]:
    """Return some files by their ids, whoever's, in one query."""
    return {row.id: row for row in File.objects.filter(id__in=set(file_ids))}


def is_gone(row: File, at: datetime) -> bool:
    """Return whether a file has expired or its content was deleted."""
    return row.removed_at is not None or (row.expires_at is not None and row.expires_at <= at)


def content(row: File) -> Iterator[bytes]:
    """Return a file's bytes, piece by piece."""
    read = 0
    position = 0
    while read < row.size_bytes:
        piece = FileChunk.objects.values_list("content", flat=True).get(
            file_id=row.id, position=position
        )
        yield bytes(piece)
        read += len(piece)
        position += 1


def file_links(tenant: Tenant) -> QuerySet[FileLink]:
    """Return all links of an account."""
    return FileLink.objects.filter(account_id=tenant.account_id, livemode=tenant.livemode)


def file_link(tenant: Tenant, link_id: str) -> FileLink:
    """Return an account's link.

    Raises:
        Missing: If there is none.
    """
    row = file_links(tenant).filter(id=link_id).first()
    if row is None:
        raise missing("file link", link_id)
    return row


def narrow_to_expired(
    rows: QuerySet[FileLink], at: datetime, *, is_expired: bool
) -> QuerySet[FileLink]:
    """Keep the links that have ended by a moment, or those that have not."""
    ended = Q(expires_at__lte=at) | Q(file__expires_at__lte=at)
    lasting = Q(file__expires_at=None) | Q(file__expires_at__gt=at)
    return rows.filter(ended) if is_expired else rows.filter(lasting, expires_at__gt=at)


def token_of(link_id: str) -> str:
    """Return what stands in a link's address: its id, signed, so that nobody can guess one."""
    return _signer().sign(link_id)


def linked_file(token: str, at: datetime) -> File | None:
    """Return the file to which a link leads at a moment; None if it leads nowhere."""
    try:
        link_id = _signer().unsign(token)
    except BadSignature:
        return None
    rows = narrow_to_expired(FileLink.objects.filter(id=link_id), at, is_expired=False)
    link = rows.select_related("file").first()
    return link.file if link and not is_gone(link.file, at) else None


def find_accounts(typed: Typed, scope: Scope, *, most: int) -> list[Found]:
    """Find platforms and sellers by name or e-mail address, or with known ids.

    An account has both modes, so the scope's says nothing.
    """
    conditions = []
    if typed.email:
        conditions.append(finding.is_in_any_case("email", typed.email))
    if typed.name:
        conditions.append(finding.begins_with("name", typed.name))
    return [
        Found(
            row.id,
            row.created_at,
            " · ".join(text for text in (row.name, row.email) if text),
            status="closed" if row.closed_at else "",
            account_id=row.opened_by_id or "",
        )
        for row in finding.newest(Account, scope, conditions, most=most, ids=typed.ids)
    ]


def names(account_ids: Iterable[str]) -> dict[str, str]:
    """Return the names of some accounts, in one query; an account without one has its id."""
    rows = Account.objects.filter(id__in=set(account_ids)).values_list("id", "name")
    return {id: name or id for id, name in rows}


def _signer() -> Signer:
    return Signer(salt="accounts.file_link", sep=".")
