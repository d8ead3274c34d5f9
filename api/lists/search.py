"""The wire's search: `status:'succeeded' AND metadata['order']:'7' AND amount>1000`.

A query is read into Django's `Q`, so nothing of it ever becomes SQL text.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final, TypeVar

from django.core import signing
from django.db import OperationalError
from django.db.models import F, Func, Model, Q, QuerySet, TextField, Value
from django.db.models.lookups import Exact, IContains

from api.lists import bounds, pagination
from api.wire.params import Integer, Params, Text
from core.database.fields import HasWords, Words
from core.database.time_limits import Work, is_over, milliseconds
from core.errors import InvalidRequest
from core.tenant import Tenant
from core.types import Fields, JsonObject

Row = TypeVar("Row", bound=Model)

MOST_CLAUSES: Final = 10
_LEAST_SUBSTRING: Final = 3
_LATEST: Final = 253_402_300_799  # 9999-12-31
_MOST: Final = 2**63
_PAGE: Final = signing.Signer(salt="api.lists.search.place")
# As the lists of what can be searched.
_ORDER: Final = ("created_at", "pk")

_CLAUSE: Final = re.compile(
    r"""(?P<not>-)?
        (?P<field>[a-z_]+(?:\.[a-z_0-9]+)*)
        (?:\[(?P<key>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\])?
        \s*(?P<how>:|~|>=|<=|>|<|=)\s*
        (?P<value>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[A-Za-z0-9_.\-]+)""",
    re.VERBOSE,
)
_JOIN: Final = re.compile(r"\s+(?P<word>(?i:AND|OR))\s+|\s+(?=\S)")


class Kind(StrEnum):
    """The kind of a field, which decides how it can be searched."""

    # An id, which is somebody's in its own case only.
    ID = "id"
    # A word of the wire, which is written in small letters: all of it, in any case.
    WORD = "word"
    # What people write, in any case: all of it. `~` finds a part.
    TEXT = "text"
    # A name of several words, in any case: some that follow one another. `~` finds a part.
    NAME = "name"
    NUMBER = "number"
    MOMENT = "moment"
    # True or false, by a condition.
    FLAG = "flag"
    METADATA = "metadata"


@dataclass(frozen=True, slots=True)
class Field:
    """One field that can be searched.

    Args:
        kind: What it holds.
        column: Where, as Django names it.
        condition: What makes a flag true.
        otherwise: What makes it false, if that is not just the opposite.
        nothing: What makes it null, if it can be.
        indexed: What an index has of the column, if that is not the column itself.
    """

    kind: Kind
    column: str = ""
    condition: Q | None = None
    otherwise: Q | None = None
    nothing: Q | None = None
    indexed: Func | None = None


class SearchParams(Params):
    """The parameters of every search."""

    query = Text(most=5_000, required=True)
    limit = Integer(least=1, most=100, default=10)
    page = Text(most=200)


def work_of(method: str, takes: type[Params] | None) -> Work:
    """Return what a request asks of the database.

    Args:
        method: The method of the request.
        takes: What a GET of the same URL takes.
    """
    if method not in ("GET", "HEAD"):
        return Work.WRITE
    return Work.SEARCH if takes and issubclass(takes, SearchParams) else Work.READ


def find(
    rows: QuerySet[Row],
    params: Fields,
    fields: Mapping[str, Field],
    render: Callable[[Row], object],
    *,
    tenant: Tenant,
    url: str,
    prepare: Callable[[list[Row]], list[Row]] = list,
) -> JsonObject:
    """Search a tenant's rows, newest first, and render a page of what was found.

    Args:
        rows: All that may be found, of one tenant.
        params: As `SearchParams` reads them.
        fields: What can be searched, by the wire's name.
        render: Row to wire.
        tenant: Whose they are.
        url: The URL of the endpoint.
        prepare: What is done to the page's rows together first.

    Raises:
        InvalidRequest: If the query cannot be read or takes too long, or the page is none of this
            search.
        TooManyRequests: If the tenant is searching as often as it may at once.
    """
    bounds.check(tenant)
    rows = rows.filter(parse(params["query"], fields))
    if token := params.get("page"):
        rows = pagination.after_cursor(rows, _ORDER, _place_of(token), is_older=True)
    limit, sorted_rows = params["limit"], rows.order_by(*(f"-{column}" for column in _ORDER))
    try:
        page = bounds.in_turn(tenant, sorted_rows, lambda found: list(found[: limit + 1]))
    except OperationalError as error:
        if not is_over(error):
            raise
        raise _over_time() from error
    has_more = len(page) > limit
    return {
        "object": "search_result",
        "data": [render(row) for row in prepare(page[:limit])],
        "has_more": has_more,
        "next_page": _page_after(page[limit - 1]) if has_more else None,
        "url": url,
    }


def parse(query: str, fields: Mapping[str, Field]) -> Q:
    """Read a query.

    Raises:
        InvalidRequest: With what is wrong, and where.
    """
    found = Q()
    words: set[str] = set()
    position, text = 0, query.strip()
    for count in range(1, MOST_CLAUSES + 2):
        if count > MOST_CLAUSES:
            raise _refusal(f"a query has at most {MOST_CLAUSES} clauses")
        clause = _CLAUSE.match(text, position)
        if clause is None:
            raise _refusal(
                f"`{text[position : position + 40]}` is no clause such as status:'succeeded'"
            )
        condition = _condition(clause, fields)
        found = found | condition if words == {"OR"} else found & condition
        position = clause.end()
        if position == len(text):
            return found
        join = _JOIN.match(text, position)
        if join is None:
            raise _refusal(f"write AND or OR before `{text[position : position + 40]}`")
        words.add((join["word"] or "AND").upper())
        if len(words) > 1:
            raise _refusal("AND and OR cannot be mixed in one query")
        position = join.end()
    raise AssertionError


def _condition(clause: re.Match[str], fields: Mapping[str, Field]) -> Q:
    name, key = clause["field"], clause["key"]
    field = fields.get(name)
    if field is None:
        raise _refusal(f"`{name}` cannot be searched; {', '.join(sorted(fields))} can")
    if (field.kind is Kind.METADATA) != (key is not None):
        raise _refusal(f"write metadata['key'], and no brackets after other fields ({name})")
    how, value = clause["how"], clause["value"]
    is_quoted = value[0] in "'\""
    if field.kind is Kind.METADATA:
        condition = _metadata(field, _unquote(key), how, value)
    elif value.lower() == "null" and not is_quoted:
        condition = _nothing(field, name, how)
    else:
        condition = _READERS[field.kind](field, name, how, _unquote(value))
    return ~condition if clause["not"] else condition


def _metadata(field: Field, key: str, how: str, value: str) -> Q:
    # Whoever has no metadata is not looked at: the index leaves them out.
    some = ~Q(**{field.column: {}})
    if value.lower() == "null":
        _must_be(how, ":", "metadata")
        return ~Q(**{f"{field.column}__has_key": key})
    text = _unquote(value)
    if how == "~":
        # Django takes a key of digits for a place in a list; PostgreSQL does not.
        held = Func(
            F(field.column),
            Value(key),
            function="jsonb_extract_path_text",
            output_field=TextField(),
        )
        return some & Q(IContains(held, _part(text, "metadata")))
    _must_be(how, ":", "metadata")
    return some & Q(**{f"{field.column}__contains": {key: text}})


def _nothing(field: Field, name: str, how: str) -> Q:
    _must_be(how, ":", name)
    if field.kind is Kind.FLAG:
        if field.nothing is None:
            raise _refusal(f"{name} is true or false")
        return field.nothing
    empty = Q(**{f"{field.column}__isnull": True})
    return empty | Q(**{field.column: ""}) if field.kind in (Kind.TEXT, Kind.NAME) else empty


def _id(field: Field, name: str, how: str, value: str) -> Q:
    _must_be(how, ":", name)
    if field.indexed is not None:
        some = Q(**{f"{field.column}__isnull": False})
        return some & Q(Exact(field.indexed, value))
    return Q(**{field.column: value})


def _word(field: Field, name: str, how: str, value: str) -> Q:
    return _id(field, name, how, value.lower())


def _text(field: Field, name: str, how: str, value: str) -> Q:
    if how == "~":
        return Q(**{f"{field.column}__icontains": _part(value, name)})
    _must_be(how, ":", name)
    return Q(**{f"{field.column}__iexact": value})


def _name(field: Field, name: str, how: str, value: str) -> Q:
    words = r"\s+".join(re.escape(word) for word in value.split())
    if how == "~" or not words:
        return _text(field, name, how, value)
    _must_be(how, ":", name)
    follow = Q(**{f"{field.column}__iregex": rf"(^|\W){words}(\W|$)"})
    # The index knows which words there are, and not whether they follow one another.
    return follow & Q(HasWords(Words(F(field.column)), Words(Value(value))))


def _number(field: Field, name: str, how: str, value: str) -> Q:
    number = _whole(value, name, most=_MOST)
    return Q(**{f"{field.column}{_lookup(how, name)}": number})


def _moment(field: Field, name: str, how: str, value: str) -> Q:
    moment = datetime.fromtimestamp(_whole(value, name, most=_LATEST), UTC)
    lookup, second = _lookup(how, name), timedelta(seconds=1)
    if not lookup:
        after = moment + second
        return Q(**{f"{field.column}__gte": moment, f"{field.column}__lt": after})
    if lookup in ("__gt", "__lte"):
        # The wire shows whole seconds: 12:00:00.7 is not after 12:00:00.
        lookup, moment = {"__gt": "__gte", "__lte": "__lt"}[lookup], moment + second
    return Q(**{f"{field.column}{lookup}": moment})


def _flag(field: Field, name: str, how: str, value: str) -> Q:
    _must_be(how, ":", name)
    value = value.lower()
    if value not in ("true", "false") or field.condition is None:
        raise _refusal(f"{name} is true or false")
    return field.condition if value == "true" else field.otherwise or ~field.condition


_READERS: Final = {
    Kind.ID: _id,
    Kind.WORD: _word,
    Kind.TEXT: _text,
    Kind.NAME: _name,
    Kind.NUMBER: _number,
    Kind.MOMENT: _moment,
    Kind.FLAG: _flag,
}
_LOOKUPS: Final = {":": "", "=": "", ">": "__gt", "<": "__lt", ">=": "__gte", "<=": "__lte"}


def _lookup(how: str, name: str) -> str:
    if how not in _LOOKUPS:
        raise _refusal(f"{name} is a number: use : > < >= or <=")
    return _LOOKUPS[how]


def _whole(value: str, name: str, *, most: int) -> int:
    if not re.fullmatch(r"-?[0-9]{1,19}", value) or not -most < int(value) < most:
        raise _refusal(f"{name} takes a whole number, not `{value[:40]}`")
    return int(value)


def _part(value: str, name: str) -> str:
    if len(value) < _LEAST_SUBSTRING:
        raise _refusal(f"{name}~ takes at least {_LEAST_SUBSTRING} characters")
    return value


def _must_be(how: str, allowed: str, name: str) -> None:
    if how != allowed:
        raise _refusal(f"{name} cannot be searched with `{how}`")


def _unquote(value: str) -> str:
    if value[0] not in "'\"":
        return value
    return re.sub(r"\\(.)", r"\1", value[1:-1], flags=re.DOTALL)


def _page_after(row: Model) -> str:
    at, id = pagination.TIME_AND_ID(row)
    return _PAGE.sign_object([at.isoformat(), id])


def _place_of(token: str) -> tuple[datetime, str]:
    try:
        at, id = _PAGE.unsign_object(token)
        return datetime.fromisoformat(at), id
    except signing.BadSignature:
        raise InvalidRequest(
            "Invalid page: pass the `next_page` of an earlier answer.", param="page"
        ) from None


def _over_time() -> InvalidRequest:
    seconds = milliseconds(Work.SEARCH) // 1000
    return InvalidRequest(
        f"This search takes longer than {seconds} seconds. Ask for less of it at once: add "
        "`created>…`, write whole values instead of parts (`~`), or search amounts, metadata, "
        "names, e-mail addresses, telephone numbers, and last digits and fingerprints of cards, "
        "which have an index.",
        param="query",
    )


def _refusal(why: str) -> InvalidRequest:
    return InvalidRequest(f"We were unable to parse your search query: {why}.", param="query")
