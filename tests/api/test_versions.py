from api import versions
from api.versions import Change


def rename(old, new):
    def undo(node):
        node[old] = node.pop(new)

    return undo


CHANGES = (
    Change("2026-10-28.endive", "charge", rename("middle", "newest")),
    Change("2026-03-01", "charge", rename("oldest", "middle")),
    Change("2026-03-01", "refund", rename("was", "is")),
)


def test_an_answer_is_walked_back_to_the_callers_version():
    def seen(version):
        charge = {"object": "charge", "newest": 1}
        versions.walk_back(charge, version, CHANGES)
        return sorted(charge)

    assert seen("2026-10-28.endive") == ["newest", "object"]
    assert seen("2026-10-28") == ["newest", "object"]
    assert seen("2026-05-05.dill") == ["middle", "object"]
    assert seen("2025-01-01") == ["object", "oldest"]


def test_objects_are_walked_back_at_every_depth():
    intent = {
        "object": "list",
        "data": [{"object": "charge", "newest": 1, "refunds": [{"object": "refund", "is": 2}]}],
    }

    versions.walk_back(intent, "2025-01-01", CHANGES)

    assert intent["data"] == [
        {"object": "charge", "oldest": 1, "refunds": [{"object": "refund", "was": 2}]}
    ]


def test_well_formed_versions_are_accepted_whatever_they_are():
    for version in ("2011-01-01", "2026-10-28.endive", "2026-10-28.preview; some_beta=v2"):
        assert versions.checked(version) == version
