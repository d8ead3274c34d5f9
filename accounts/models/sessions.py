from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models


class Session(AbstractBaseSession):
    """A browser that somebody is logged in with, or has begun to; its key is a digest."""

    user = models.ForeignKey(
        "accounts.User", on_delete=models.CASCADE, null=True, related_name="sessions"
    )
    began_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    address = models.GenericIPAddressField(null=True)
    agent = models.CharField(max_length=200, blank=True)

    class Meta:
        db_table = "accounts_session"

    def __str__(self) -> str:
        return f"{self.user_id} since {self.began_at}"
