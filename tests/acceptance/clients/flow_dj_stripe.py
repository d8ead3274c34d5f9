"""dj-stripe mirrors a shop into tables of its own, by reading and by a signed webhook."""

import hashlib
import hmac
import json
import os
import sys
import time

import django
import stripe
from django.conf import settings

KEY, BASE = os.environ["CLIENT_KEY"], os.environ["CLIENT_BASE"]
settings.configure(
    SECRET_KEY="of-a-test-that-ends",
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "djstripe",
    ],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    # Its tables at once, without the years of steps that led to them.
    MIGRATION_MODULES={"djstripe": None},
    ROOT_URLCONF="djstripe.urls",
    USE_TZ=True,
    ALLOWED_HOSTS=["*"],
    STRIPE_API_HOST=BASE,
    STRIPE_LIVE_MODE=False,
    STRIPE_TEST_SECRET_KEY=KEY,
    DJSTRIPE_FOREIGN_KEY_TO_FIELD="id",
    LOGGING_CONFIG=None,
)
stripe.api_base = BASE
django.setup()

from django.core.management import call_command  # noqa: E402
from django.test import Client  # noqa: E402
from djstripe import models  # noqa: E402

call_command("migrate", run_syncdb=True, verbosity=0)
stripe.api_key = KEY
done: list[str] = []


def check(step: str, holds: object) -> None:
    if not holds:
        print(f"{step} does not hold", file=sys.stderr)
        sys.exit(1)
    done.append(step)


customer = stripe.Customer.create(email="ada@shop.example")
paid = stripe.PaymentIntent.create(
    amount=2000,
    currency="usd",
    customer=customer["id"],
    payment_method="pm_card_visa",
    confirm=True,
    payment_method_types=["card"],
)
stripe.Refund.create(payment_intent=paid["id"], amount=500)
models.APIKey.objects.get_or_create_by_api_key(KEY)
call_command("djstripe_sync_models", "Customer", "PaymentIntent", "Charge", "Refund", verbosity=0)
check("customers are mirrored", models.Customer.objects.filter(id=customer["id"]).exists())
mirrored = models.PaymentIntent.objects.filter(id=paid["id"]).first()
check("intents are mirrored", mirrored and mirrored.customer.id == customer["id"])
check("charges are mirrored", models.Charge.objects.filter(id=paid["latest_charge"]).exists())
check("refunds are mirrored", models.Refund.objects.filter(charge=paid["latest_charge"]).exists())

made = stripe.WebhookEndpoint.create(url="https://shop.example/x", enabled_events=["*"])
endpoint = models.WebhookEndpoint.sync_from_stripe_data(made, api_key=KEY)
endpoint.secret = made["secret"]
endpoint.save()
stripe.Customer.modify(customer["id"], name="Ada L")
(event,) = stripe.Event.list(type="customer.updated", limit=1)["data"]
body = json.dumps(event.to_dict()).encode()
at = int(time.time())
signed = hmac.digest(made["secret"].encode(), f"{at}.".encode() + body, hashlib.sha256).hex()
answer = Client().post(
    f"/webhook/{endpoint.djstripe_uuid}/",
    body,
    content_type="application/json",
    headers={"Stripe-Signature": f"t={at},v1={signed}"},
)
stripe.WebhookEndpoint.delete(made["id"])
check("a webhook is taken", answer.status_code == 200)
check("and believed", models.WebhookEventTrigger.objects.get().valid)
check("and mirrored", models.Customer.objects.get(id=customer["id"]).stripe_data["name"] == "Ada L")
print(json.dumps({"done": done, "marks": []}))
