"""One folder of counts for the whole process: the library keeps the first that it is told."""

import pytest


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("metrics")


@pytest.fixture(autouse=True)
def _counted_apart(settings, folder):
    settings.METRICS_FOLDER = str(folder)
