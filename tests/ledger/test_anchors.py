"""Heads of seals that are written down outside of the database."""

import pytest

from ledger import tasks
from ledger.audit import anchors, seals
from ledger.audit.verify import verify
from ledger.models import Seal
from tests.ledger.test_attacked_proofs import as_owner
from tests.ledger.test_seals import books, seal_settled

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def file(settings, tmp_path):
    settings.SEAL_HEADS_FILE = str(tmp_path / "outside" / "heads.txt")
    return tmp_path / "outside" / "heads.txt"


def find():
    return [finding for finding in verify(with_anchors=True) if finding.check == "C11"]


def seal_all_again():
    """Take every seal out and seal other entries, as only the owner can."""
    as_owner("DELETE FROM ledger_seal", "UPDATE ledger_journalentry SET request_id = 'req_other'")
    seal_settled()


def test_a_head_is_written_down_for_every_seal_and_nobody_else_may_read_it(file):
    books(1)
    seal_settled()
    tasks.seal()
    books(1)
    seal_settled()
    tasks.seal()

    lines = file.read_text().splitlines()

    assert lines[-1] == f"{Seal.objects.count()} {seals.head()}"
    assert len(lines) == len(set(lines))
    assert file.stat().st_mode & 0o077 == 0
    assert find() == []


def test_with_nothing_new_nothing_is_written(file):
    books(1)
    seal_settled()
    tasks.seal()
    before = file.read_text()

    assert anchors.write_heads() == 0
    assert file.read_text() == before


def test_seals_that_were_all_made_again_are_found(file):
    books(1)
    seal_settled()
    tasks.seal()

    seal_all_again()

    assert [finding for finding in verify() if finding.check == "C11"] == []
    assert "made again" in find()[0].detail


def test_seals_that_were_all_taken_out_are_found():
    books(1)
    seal_settled()
    tasks.seal()

    as_owner("DELETE FROM ledger_seal")

    assert find()


@pytest.mark.parametrize("line", ["nonsense", "1 abc", "x " + "a" * 64])
def test_a_file_that_was_written_over_is_found(file, line):
    books(1)
    seal_settled()
    tasks.seal()
    file.write_text(f"{line}\n")

    assert "is no head of a seal" in find()[0].detail


def test_lines_in_another_order_are_found(file):
    head = "a" * 64
    file.parent.mkdir()
    file.write_text(f"2 {head}\n1 {head}\n")

    assert "not in the order" in find()[0].detail
