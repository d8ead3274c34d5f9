"""Callers take turns at the threads of a web process."""

import asyncio
import threading

from config.door.threads import Threads


def test_one_request_of_another_caller_does_not_wait_for_all_of_one():
    order, gate = [], threading.Event()

    def work(name):
        def run():
            gate.wait(10)
            order.append(name)
            return name

        return run

    async def serve():
        threads = Threads(1, asyncio.get_running_loop())
        busy = [asyncio.ensure_future(threads.run(work(f"busy {n}"), "busy")) for n in range(5)]
        await asyncio.sleep(0)
        other = asyncio.ensure_future(threads.run(work("other"), "other"))
        await asyncio.sleep(0)
        gate.set()
        return await asyncio.gather(*busy, other)

    answers = asyncio.run(serve())

    assert answers == [*(f"busy {n}" for n in range(5)), "other"]
    assert order.index("other") <= 2
    assert [name for name in order if name != "other"] == [f"busy {n}" for n in range(5)]
