"""Adyen, played on loopback. It knows nothing of ours, and its book is the outside truth.

It follows what Adyen publishes, at docs.adyen.com, on these pages:

- development-resources: API idempotency, response handling, currency codes and minor units,
  refusal reasons, raw responses, testing (test card numbers, result codes for tests);
- online-payments: Web Components and the Card Component, result codes, redirect 3D Secure
  authentication, tokenization, capture, cancel, refund and reversal of a payment;
- development-resources, webhooks: standard webhook, HMAC signatures, handling of events;
- risk-management, disputes API: dispute flow and webhooks, defend and accept a dispute; defense
  requirements;
- reporting: settlement details report, and its journal types;
- the references of Checkout API v72, of the Disputes API v30 and of webhooks.

Beside what Adyen's own test platform plays, a card holder's name says what the payer's bank does
later (`refundFail`, `pendingRefund`, `rialto_timeoutAfterCharge`, ...). Whoever tests can lose
requests and answers, let them be answered with half of a body, lie about amounts, hold notices
back, repeat them and change their order.
"""
