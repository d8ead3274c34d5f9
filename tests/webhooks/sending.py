"""Sending from tests, and an engine of its own to be killed: `python -m tests.webhooks.sending`."""

import asyncio

import django


def post(url: str, *, livemode: bool = False, seconds: float = 15.0):
    """Post `{}` once, as the engine does."""
    from webhooks.sending.client import Client

    async def send():
        async with Client() as client:
            return await client.post(
                url, body=b"{}", headers={}, livemode=livemode, seconds=seconds
            )

    return asyncio.run(send())


if __name__ == "__main__":
    django.setup()
    from webhooks.engine import engine

    engine.run_forever()
