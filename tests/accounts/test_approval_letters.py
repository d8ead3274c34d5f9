"""Whoever may approve something has a letter about it, once."""

import pytest

from accounts.approvals import run_or_request
from accounts.models import ApprovalRule, Letter
from accounts.services import approval_letters
from connect.models import AccountBlock
from connect.onboarding.services import blocks
from tests.factories import a_platform, a_seller, an_operator, now

pytestmark = pytest.mark.django_db


def test_those_who_may_decide_and_nobody_else_are_told_once():
    ann = an_operator("ann@example.com")
    an_operator("bob@example.com", role="operator")
    an_operator("help@example.com", role="support")
    seller = a_seller(a_platform())
    blocks.add(
        tenant=seller, kind="payouts", source="operator", reason="other", author="me", at=now()
    )
    ApprovalRule.objects.create(action="block.release", in_test_mode=True)
    row = run_or_request(
        "block.release",
        by=ann,
        reason="Papers came",
        at=now(),
        block_id=AccountBlock.objects.get().id,
        author="ann@example.com",
    ).request

    assert approval_letters.write_due(at=now()) == 1
    assert approval_letters.write_due(at=now()) == 0

    letter = Letter.objects.get()
    assert letter.email == "bob@example.com"
    assert letter.subject.startswith("To approve: Payouts of ")
    for words in (
        "ann@example.com asks for somebody else's approval in test mode",
        "Why: Papers came",
        f"/admin/accounts/approvalrequest/{row.id}/decide/",
    ):
        assert words in letter.body
