from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "webhooks"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts.services import consents
        from webhooks.services import deliveries, endpoints

        # What waits is told by endpoints that are still there.
        consents.register(deliveries.cancel_of, "events", "external_accounts", "persons")
        consents.register(endpoints.delete_created_by, "events", "webhook_endpoints")
