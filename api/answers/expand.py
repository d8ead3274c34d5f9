"""Replaces ids by objects at the paths that the caller names, one load per path."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from core.errors import Forbidden, InvalidRequest
from core.ids import prefix_of
from core.tenant import Tenant
from core.types import Fields, JsonObject

MAX_LEVELS: Final = 4
MAX_PATHS: Final = 20
_LONGEST_PATH: Final = 200
# What looks like an id but is the object's own, or the caller's words.
_NEVER: Final = frozenset({"id", "object", "metadata", "client_secret"})
Wire = JsonObject
Loader = Callable[[list[str], Tenant, datetime], Fields]
# Refuses, by raising, to show objects of a resource to who asks.
Guard = Callable[[str], None]

_ID = re.compile(r"[a-z]+_[0-9A-Za-z]{20,40}\Z")
# With the permission that they need, each.
_loaders: dict[str, tuple[Loader, str]] = {}
_fields: dict[tuple[str, str], tuple[Loader, str]] = {}
# Those that only older versions have.
_former_fields: dict[tuple[str, str], tuple[Loader, str]] = {}
_own_ids: set[tuple[str, str, str]] = set()
# Fields whose ids their merchants have chosen, so that they say nothing of the kind.
_chosen: dict[str, tuple[Loader, str]] = {}


@dataclass(frozen=True, slots=True)
class _Asking:
    """The caller of an expansion, its moment and its guard."""

    tenant: Tenant
    at: datetime
    guard: Guard

    def load(self, known: tuple[Loader, str], ids: list[str]) -> Fields:
        loader, resource = known
        self.guard(resource)
        return loader(ids, self.tenant, self.at)


def register(prefixes: Iterable[str], loader: Loader, *, resource: str) -> None:
    """Register how ids with these prefixes are expanded. Rooms do so in `apps.py`.

    Args:
        prefixes: The prefixes of the ids.
        loader: The function that finds the objects.
        resource: The permission that it takes to see them, such as `"charges"`.
    """
    for prefix in prefixes:
        _loaders[prefix] = loader, resource


def register_field(
    kind: str,
    field: str,
    loader: Loader,
    *,
    resource: str,
    prefixes: Sequence[str] = (),
    is_former: bool = False,
) -> None:
    """Register a field that is shown only when expanded, found by the object's id.

    Args:
        kind: The wire's word for the object.
        field: The field of the object; one of a hash inside with a dot, such as `"totals.parts"`.
        loader: The function that finds the field of each object: an object, a list, or None.
        resource: The permission that it takes to see it.
        prefixes: Of ids in the field that this loader knows, whatever else has such ids.
        is_former: True if only older versions have it, where it need not be asked for.
    """
    (_former_fields if is_former else _fields)[kind, field] = loader, resource
    _own_ids.update((kind, field, prefix) for prefix in prefixes)


def register_chosen(field: str, loader: Loader, *, resource: str) -> None:
    """Register a field that holds ids of any form, for merchants choose them.

    Args:
        field: The field, wherever it stands.
        loader: The function that finds the objects by these ids.
        resource: The permission that it takes to see them.
    """
    _chosen[field] = loader, resource


def paths_of(value: object) -> list[str]:
    """Read the `expand` parameter.

    Raises:
        InvalidRequest: If it is no list of paths, or one of them can lead nowhere.
    """
    if value is None or value == "":
        return []
    if isinstance(value, dict):
        value = list(value.values())
    given = value if isinstance(value, list) else [value]
    paths = [path for path in given if isinstance(path, str)]
    if len(paths) != len(given) or len(paths) > MAX_PATHS:
        raise InvalidRequest(
            f"Invalid array: expand takes up to {MAX_PATHS} property names.", param="expand"
        )
    for path in paths:
        _check(path)
    return paths


def _check(path: str) -> None:
    steps = path.split(".")
    if len(steps) > MAX_LEVELS + (steps[0] == "data"):
        raise InvalidRequest(
            f"You cannot expand more than {MAX_LEVELS} levels of a property. Property: "
            f"{path[:_LONGEST_PATH]}",
            param="expand",
        )
    if not all(steps) or not _NEVER.isdisjoint(steps) or len(path) > _LONGEST_PATH:
        raise _cannot(path)


def expand(result: Wire, paths: Iterable[str], tenant: Tenant, at: datetime, guard: Guard) -> None:
    """Replace ids in place.

    Args:
        result: A rendered object or list.
        paths: The paths, such as `"data.customer"` or `"latest_charge.balance_transaction"`.
        tenant: Who asks: nobody sees another's objects.
        at: The moment of the request.
        guard: The function that refuses what the caller's key would not get by asking for it alone.

    Raises:
        InvalidRequest: If a path is too deep or leads to nothing that can be expanded.
        Forbidden: If it leads to what the caller may not see.
    """
    for path in sorted(set(paths)):
        nodes = [result]
        steps = path.split(".")
        for step, after in zip(steps, [*steps[1:], ""], strict=True):
            asking = _Asking(tenant, at, guard)
            _fill_inside(nodes, step, after, asking)
            nodes = _step(nodes, step, path, asking)


def of_kind(result: object, kind: str) -> Iterator[Wire]:
    """Yield the objects of a kind at every depth; what events tell was rendered with them."""
    if isinstance(result, list):
        for item in result:
            yield from of_kind(item, kind)
    elif isinstance(result, dict) and result.get("object") != "event":
        if result.get("object") == kind and "id" in result and not result.get("deleted"):
            yield result
        for value in list(result.values()):
            yield from of_kind(value, kind)


def embed_list(
    result: object, kind: str, field: str, tenant: Tenant, at: datetime, guard: Guard
) -> list[Wire]:
    """Put a list, or an object, into each of a kind that has it in an older version, unasked.

    Args:
        result: A rendered object or list.
        kind: The wire's word for the objects.
        field: The field of these objects.
        tenant: Who asks.
        at: The moment of the request.
        guard: The function that refuses what the caller may not see: it is left out.

    Returns:
        The objects that it was put into.
    """
    nodes = [node for node in of_kind(result, kind) if node.get(field) is None]
    known = _former_fields.get((kind, field)) or _fields.get((kind, field))
    if not nodes or known is None:
        return []
    try:
        found = _Asking(tenant, at, guard).load(known, list({node["id"] for node in nodes}))
    except Forbidden:
        return []
    for node in nodes:
        listed = found.get(node["id"])
        if isinstance(listed, dict) and listed.get("object") != "list":
            node[field] = listed
        elif isinstance(listed, dict):
            count = {} if listed["has_more"] else {"total_count": len(listed["data"])}
            node[field] = {**listed, "data": [dict(item) for item in listed["data"]], **count}
    return [node for node in nodes if isinstance(node.get(field), dict)]


def collapse(result: Wire, paths: Iterable[str], guard: Guard) -> None:
    """Put ids back, in place, where an answer that was kept shows what may not be seen any more."""
    for path in sorted(set(paths)):
        nodes = [result]
        for step in path.split("."):
            nodes = [part for node in nodes for part in _visible_parts(node, step, guard)]


def _visible_parts(node: Wire, step: str, guard: Guard) -> list[Wire]:
    value = node.get(step)
    if isinstance(value, list):
        return [item for item in value if isinstance(item, dict)]
    if not isinstance(value, dict):
        return []
    id = value.get("id")
    known = _fields.get((node.get("object", ""), step)) or _chosen.get(step)
    if known is None and isinstance(id, str):
        known = _loaders.get(prefix_of(id))
    try:
        if known is not None:
            guard(known[1])
    except Forbidden:
        node[step] = id
        return []
    return [value]


def _step(nodes: list[Wire], step: str, path: str, asking: _Asking) -> list[Wire]:
    following: list[Wire] = []
    pairs: list[tuple[Wire, str]] = []
    without: dict[str, list[Wire]] = {}
    for node in nodes:
        value = node.get(step)
        if isinstance(value, dict):
            following.append(value)
        elif isinstance(value, list):
            following += [item for item in value if isinstance(item, dict)]
        elif isinstance(value, str) and not _is_own(node, step, value):
            pairs.append((node, value))
        elif (node.get("object", ""), step) in _fields:
            without.setdefault(node["object"], []).append(node)
        elif value is not None or (step not in node and not node.get("deleted")):
            # Of what is deleted nothing is left but its id.
            raise _cannot(path)
    for kind, some in without.items():
        following += _add(some, step, _fields[kind, step], asking)
    return following + _load(pairs, step, path, asking)


def _fill_inside(nodes: list[Wire], step: str, after: str, asking: _Asking) -> None:
    """Put a field that is shown only when expanded into a hash of objects that is none itself."""
    field = f"{step}.{after}"
    by_kind: dict[str, list[Wire]] = {}
    for node in nodes:
        if isinstance(node.get(step), dict) and (node.get("object", ""), field) in _fields:
            by_kind.setdefault(node["object"], []).append(node)
    for kind, some in by_kind.items():
        found = asking.load(_fields[kind, field], [node["id"] for node in some])
        for node in some:
            node[step] = {**node[step], after: found.get(node["id"])}


def _is_own(node: Wire, step: str, id: str) -> bool:
    return (node.get("object"), step, id.partition("_")[0]) in _own_ids


def _add(nodes: list[Wire], step: str, known: tuple[Loader, str], asking: _Asking) -> list[Wire]:
    found = asking.load(known, [node["id"] for node in nodes if not node.get("deleted")])
    for node in nodes:
        if node["id"] in found:
            node[step] = found[node["id"]]
    return [node[step] for node in nodes if isinstance(node.get(step), dict)]


def _load(pairs: list[tuple[Wire, str]], step: str, path: str, asking: _Asking) -> list[Wire]:
    if known := _chosen.get(step):
        ids = list(dict.fromkeys(id for _, id in pairs))
        return _put(pairs, step, asking.load(known, ids) if ids else {})
    by_prefix: dict[str, list[str]] = {}
    for _, id in pairs:
        if not _ID.match(id) or prefix_of(id) not in _loaders:
            raise _cannot(path)
        by_prefix.setdefault(prefix_of(id), []).append(id)
    found: JsonObject = {}
    for prefix, some in by_prefix.items():
        found |= asking.load(_loaders[prefix], list(dict.fromkeys(some)))
    return _put(pairs, step, found)


def _put(pairs: list[tuple[Wire, str]], step: str, found: Fields) -> list[Wire]:
    loaded = []
    for node, id in pairs:
        if id in found:
            # A copy for each place: paths further down may differ.
            node[step] = dict(found[id])
            loaded.append(node[step])
    return loaded


def _cannot(path: str) -> InvalidRequest:
    return InvalidRequest(
        f"This property cannot be expanded ({path[:_LONGEST_PATH]}). You may want to try "
        "expanding another property; the reference marks those that can be.",
        param="expand",
    )
