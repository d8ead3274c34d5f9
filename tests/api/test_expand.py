import pytest
from django.utils import timezone

from api.answers import expand
from core.errors import Forbidden, InvalidRequest
from core.tenant import Tenant

TENANT = Tenant("acct_mine", livemode=False)
CUSTOMER = "testcus_" + "1" * 24
OTHER = "testcus_" + "2" * 24
GONE = "testcus_" + "9" * 24
METHOD = "testpm_" + "1" * 24
CHARGE = "testch_" + "1" * 24


@pytest.fixture(autouse=True)
def loads() -> list[tuple[str, list[str]]]:
    """Register three kinds, and note what is loaded."""
    met: list[tuple[str, list[str]]] = []

    def loader(kind, **fields):
        def load(ids, tenant, at):
            assert tenant == TENANT
            met.append((kind, sorted(ids)))
            return {id: {"id": id, "object": kind, **fields} for id in ids if id != GONE}

        return load

    expand.register(
        ["testcus"], loader("customer", default_source=METHOD, email=None), resource="customers"
    )
    expand.register(
        ["testpm"], loader("payment_method", customer=CUSTOMER), resource="payment_methods"
    )
    expand.register(["testch"], loader("charge", customer=CUSTOMER, amount=5), resource="charges")
    return met


def expanded(result, *paths, guard=lambda resource: None):
    expand.expand(result, expand.paths_of(list(paths)), TENANT, timezone.now(), guard)
    return result


def test_an_id_becomes_its_object():
    result = expanded({"id": "pi_1", "object": "payment_intent", "customer": CUSTOMER}, "customer")

    assert result["customer"] == {
        "id": CUSTOMER,
        "object": "customer",
        "default_source": METHOD,
        "email": None,
    }


def test_a_field_of_a_hash_inside_is_found_by_the_object():
    expand.register_field(
        "test_cart", "totals.parts", lambda ids, tenant, at: {"cart_1": {"n": 1}}, resource="carts"
    )
    carts = [{"id": f"cart_{n}", "object": "test_cart", "totals": {"sum": n}} for n in (1, 2)]

    result = expanded({"object": "list", "data": carts}, "data.totals.parts")

    assert result["data"][0]["totals"] == {"sum": 1, "parts": {"n": 1}}
    assert result["data"][1]["totals"] == {"sum": 2, "parts": None}


def test_four_levels_are_expanded():
    result = expanded({"charge": CHARGE}, "charge.customer.default_source.customer")

    deepest = result["charge"]["customer"]["default_source"]["customer"]
    assert deepest["id"] == CUSTOMER
    assert deepest["default_source"] == METHOD


def test_five_levels_are_too_many():
    with pytest.raises(InvalidRequest, match="more than 4 levels"):
        expanded({"charge": CHARGE}, "charge.customer.default_source.customer.default_source")


def test_a_list_is_loaded_once_for_each_kind(loads):
    result = {
        "object": "list",
        "data": [{"customer": CUSTOMER}, {"customer": OTHER}, {"customer": CUSTOMER}],
    }

    expanded(result, "data.customer")

    assert [row["customer"]["id"] for row in result["data"]] == [CUSTOMER, OTHER, CUSTOMER]
    assert loads == [("customer", [CUSTOMER, OTHER])]


def test_paths_with_a_common_start_load_it_once(loads):
    expanded({"charge": CHARGE}, "charge.customer", "charge", "charge.customer.default_source")

    assert [kind for kind, _ in loads] == ["charge", "customer", "payment_method"]


def test_the_same_object_at_two_places_is_expanded_where_it_was_asked_for():
    result = expanded({"a": CUSTOMER, "b": CUSTOMER}, "a.default_source", "b")

    assert result["a"]["default_source"]["id"] == METHOD
    assert result["b"]["default_source"] == METHOD


def test_null_and_missing_objects_stay_as_they_are():
    result = expanded({"customer": None, "owner": GONE}, "customer.default_source", "owner")

    assert result == {"customer": None, "owner": GONE}


@pytest.mark.parametrize(
    "path",
    ["nope", "amount", "customer.nope", "customer.email.x", "text", "id", "metadata.customer"],
)
def test_a_path_that_leads_to_no_object_is_refused(path):
    result = {
        "id": CHARGE,
        "amount": 5,
        "customer": CUSTOMER,
        "text": "testch_short",
        "metadata": {"customer": CUSTOMER},
    }
    if path == "customer.email.x":
        assert expanded(result, path)["customer"]["email"] is None
        return
    with pytest.raises(InvalidRequest, match="cannot be expanded"):
        expanded(result, path)


def test_nothing_is_loaded_that_the_key_may_not_get_by_itself(loads):
    def guard(resource):
        if resource == "customers":
            raise Forbidden("No customers.")

    result = {"charge": CHARGE}
    with pytest.raises(Forbidden, match="No customers"):
        expanded(result, "charge.customer", guard=guard)

    assert result["charge"]["customer"] == CUSTOMER
    assert [kind for kind, _ in loads] == ["charge"]


@pytest.mark.parametrize("paths", [[5], [["a"]], [{"a": "b"}], ["a"] * 21, 7, [""], ["a."], [".a"]])
def test_what_is_no_list_of_paths_is_refused(paths):
    with pytest.raises(InvalidRequest):
        expand.paths_of(paths)


def test_paths_are_read_from_every_form_of_list():
    assert expand.paths_of(["a", "b"]) == ["a", "b"]
    assert expand.paths_of({"0": "a", "1": "b"}) == ["a", "b"]
    assert expand.paths_of("a") == ["a"]
    assert expand.paths_of(None) == []


def test_an_unknown_path_is_refused_where_nothing_was_changed(get, post, db):
    assert get("/v1/open?expand[]=nope").status_code == 400


def test_an_unknown_path_does_not_hide_what_was_done(post):
    response = post("amount=1&currency=usd&expand[]=nope", idempotency_key="k")

    assert response.status_code == 200
