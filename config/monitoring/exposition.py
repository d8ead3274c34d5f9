"""`/metrics`: what the processes of this machine have counted, and figures of this moment."""

import logging
from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.db import connection
from django.http import HttpRequest, HttpResponse

from config.monitoring import figures, tokens
from core.measuring import counters

if TYPE_CHECKING:
    from prometheus_client import Metric

logger = logging.getLogger(__name__)


def metrics(request: HttpRequest) -> HttpResponse:
    """Answer with everything, in the text format of Prometheus."""
    if (refused := tokens.refusal(request)) is not None:
        return refused
    counters.load()
    from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
    from prometheus_client.multiprocess import MultiProcessCollector

    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    registry.register(_Now())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


class _Now:
    """Asks for every figure at the moment somebody reads."""

    def describe(self) -> list["Metric"]:
        """Name none: the names of figures are in their table."""
        return []

    def collect(self) -> Iterator["Metric"]:
        """Yield figures, and which could not be had."""
        from prometheus_client.core import GaugeMetricFamily

        known = GaugeMetricFamily(
            "rialto_figures_known", "1 if these could be asked for, 0 if not.", labels=("figures",)
        )
        for name, ask in figures.ASKED.items():
            found = _asked(name, ask)
            known.add_metric((name,), float(found is not None))
            for figure in found or ():
                family = GaugeMetricFamily(figure.name, figure.help, labels=figure.labels)
                for labels, value in figure.samples:
                    family.add_metric(labels, value)
                yield family
        yield known


def _asked(name: str, ask: figures.Ask) -> list[figures.Figure] | None:
    try:
        return list(ask())
    except Exception as error:
        # The next one must not meet the broken connection again.
        connection.close()
        logger.warning("The figures of %s cannot be had: %s", name, error)
        return None
