"""The words of the checklist: one table of its lines, and one of what is found."""

from dataclasses import dataclass
from typing import Final

from console.live.lines import State


@dataclass(frozen=True, slots=True)
class Words:
    """What is said of a line.

    Args:
        title: What it is called.
        what: What must be so.
        mend: How that is reached.
        command: What is typed for it; empty for none.
        page: The page of the console where it is done; empty for none.
        why_advice: Why it cannot be necessary everywhere; empty if it is necessary.
    """

    title: str
    what: str
    mend: str
    command: str = ""
    page: str = ""
    why_advice: str = ""


LINE_WORDS: Final[dict[str, Words]] = {
    "address": Words(
        "Public address",
        "Payers, merchants and processors reach Rialto at a public address, over https alone.",
        "Set RIALTO_PUBLIC_URL to it and put a proxy in front that speaks https; then try it.",
        "rialto live check-address",
    ),
    "deployment": Words(
        "Settings of a real installation",
        "Live keys need https, the application does not own its tables, and Django's own checks "
        "of a deployment find nothing.",
        "Run every program with DJANGO_SETTINGS_MODULE=config.settings.prod, and say the proxy's "
        "secret to both: docs/how-to/run-it.md.",
        "python manage.py check --deploy",
    ),
    "secrets": Words(
        "Secrets",
        "No secret is one of an example, or can be guessed.",
        "Draw others before there are keys and customers; docs/how-to/run-it.md shows how. With "
        "another pepper no key works, and with another encryption key no webhook is signed.",
        "openssl rand -hex 32",
    ),
    "factors": Words(
        "Second factors",
        "Operators log in with a second factor, and the demo's operator does not log in any more.",
        "Take RIALTO_ADMIN_WITHOUT_MFA out, let an owner log in and set a factor up, and end the "
        "demo's operator.",
        "rialto operators revoke EMAIL",
        "accounts_user_changelist",
    ),
    "mail": Words(
        "Mail",
        "Receipts, and letters to sellers and operators, leave.",
        "Set RIALTO_EMAIL_URL and RIALTO_EMAIL_FROM; then send a letter to yourself.",
        "rialto live check-mail YOU@EXAMPLE.COM",
    ),
    "restore": Words(
        "Backups",
        "Within the last 90 days a backup was put back elsewhere, and was whole: its books "
        "balance, they are these books, and the secrets that are kept apart open it.",
        "Restore a backup into another database, and look into it: docs/how-to/back-it-up.md.",
        "RESTORED_DATABASE_URL=… rialto live check-restore",
    ),
    "books": Words(
        "Books",
        "The books balanced when they were checked last, which happens every night.",
        "Have them checked now. What they find is explained in "
        "docs/runbooks/books-do-not-balance.md.",
        "rialto ledger verify",
        "console_books",
    ),
    "processor": Words(
        "Processor account",
        "A live account at a processor takes payments, and each one that does was checked with "
        "the credentials it has now.",
        "Choose live mode in the console, add an account or enable one, and check it.",
        "rialto processors check NAME",
        "processors_processoraccount_changelist",
    ),
    "cards": Words(
        "Card fields",
        "Payers can type cards in on Rialto's pages and in its browser library: into the fields "
        "of the processor, whose key for browsers is known.",
        "Give each live account its publishable key, or at Adyen its client key. Browsers may see "
        "these.",
        "rialto processors change-credentials NAME",
        "processors_processoraccount_changelist",
        "Who makes tokens with the processor's library on pages of its own needs none here.",
    ),
    "notices": Words(
        "Notices of processors",
        "Notices of every live account have arrived: late captures, disputes and refunds are "
        "heard of by them.",
        "Make a webhook endpoint at the processor with the address that the account's page names, "
        "and let it send a notice: Adyen tests the connection; at Stripe, make a payment without "
        "confirming it.",
        "rialto processors show NAME",
        "processors_processoraccount_changelist",
    ),
    "webhooks": Words(
        "Webhooks",
        "At least one endpoint hears of live payments, signed with a secret of its own: whoever "
        "is told of nothing sends goods for what failed later.",
        "Choose live mode in the console, and add an endpoint.",
        "",
        "webhooks_endpoint_changelist",
    ),
    "bank": Words(
        "Bank account for payouts",
        "It is said which account at a bank processors pay out to, and out of which one sellers "
        "are paid.",
        "Say on the page of each live account where it pays out to, and set RIALTO_BANK_IBAN: "
        "docs/how-to/pay-out-through-a-bank.md.",
        "",
        "processors_processoraccount_changelist",
        "Rialto pays out in euros alone: who has no sellers, or pays them otherwise, needs none.",
    ),
    "monitoring": Words(
        "Monitoring",
        "Something outside of Rialto asks whether it can do its work, and wakes somebody.",
        "Let your monitoring ask /readyz of each web process every minute, and alert on anything "
        "but 200.",
        "curl http://127.0.0.1:8000/readyz",
        "",
        "Rialto sees only who asks /readyz; other ways to watch a machine are not seen from here.",
    ),
}

FOUND: Final[dict[str, str]] = {
    "address_plain": "%(address)s is no address over https.",
    "address_private": "%(address)s leads nowhere from outside.",
    "address_untried": "Nobody has tried %(about)s yet.",
    "address_failed": "%(about)s was tried on %(at)s. %(words)s",
    "address_done": "%(about)s was tried on %(at)s. %(words)s",
    "deployment_not_prod": "These are off: %(found)s.",
    "deployment_no_proxy": "No proxy is trusted: every request counts as plain http, and live keys "
    "are refused.",
    "deployment_django": "Django finds %(found)s.",
    "deployment_done": "Nothing is found.",
    "secrets_weak": "To be replaced: %(found)s.",
    "secrets_done": "All %(count)s are random, and no two are the same.",
    "factors_off": "RIALTO_ADMIN_WITHOUT_MFA is on: a password alone lets operators in.",
    "factors_demo": "The demo's operator may still log in: %(people)s.",
    "factors_no_owner": "No owner has set up a second factor yet.",
    "factors_done": "%(count)s of %(all)s operators have one; the others set one up before they "
    "see anything.",
    "mail_files": "Mail goes into files or nowhere.",
    "mail_from": "Mail comes from %(sender)s, where nobody can answer.",
    "mail_untried": "No letter was sent yet by %(about)s.",
    "mail_failed": "A letter was sent on %(at)s by %(about)s. %(words)s",
    "mail_done": "A letter was sent on %(at)s by %(about)s. %(words)s",
    "restore_never": "No backup was put back yet.",
    "restore_failed": "It was tried on %(at)s, and was not whole. %(words)s",
    "restore_old": "It was tried last on %(at)s, more than 90 days ago. %(words)s",
    "restore_done": "It was tried on %(at)s. %(words)s",
    "books_never": "Nobody has checked them yet.",
    "books_wrong": "They were checked on %(at)s. Findings: %(count)s.",
    "books_old": "They were checked last on %(at)s, not last night.",
    "books_done": "They balanced on %(at)s.",
    "processor_none": "No live account takes payments.",
    "processor_unchecked": "Not checked with what opens it now: %(names)s.",
    "processor_bad": "The last check found something to mend, or it refuses us: %(names)s.",
    "processor_done": "Checked since %(at)s: %(names)s.",
    "cards_no_account": "No live account has card fields that Rialto's pages can show.",
    "cards_no_key": "The key for browsers is missing: %(names)s.",
    "cards_done": "Cards are typed into the fields of %(names)s.",
    "notices_no_account": "No live account takes payments and signs notices.",
    "notices_none": "None has come yet for %(names)s.",
    "notices_done": "They have come for %(names)s, the last on %(at)s.",
    "webhooks_none": "No endpoint is on in live mode.",
    "webhooks_unreadable": "The secret of %(id)s cannot be read: RIALTO_ENCRYPTION_KEY is another "
    "one.",
    "webhooks_done": "Events go to %(address)s.",
    "bank_settlement": "It is not said where these pay out to: %(names)s.",
    "bank_none": "No account at a bank is set up that sellers are paid out of.",
    "bank_done": "Sellers are paid out of the account of %(bank)s.",
    "monitoring_unknown": "Redis does not answer, so nobody can tell.",
    "monitoring_none": "Nobody has asked /readyz in the last ten minutes.",
    "monitoring_done": "Somebody asked on %(at)s.",
}

# The word for each state, and how it is shown.
STATES: Final[dict[State, tuple[str, str]]] = {
    State.DONE: ("Done", "good"),
    State.MISSING: ("Not done", "bad"),
    State.UNKNOWN: ("Can't tell", "waiting"),
}
