"""The recipe of the image: every program runs in a container of it."""

from collections.abc import Mapping
from typing import Final

from config.deployment.programs import LIVE_PATH, PORT, STOP_SIGNAL
from config.launcher import places

# By name; whoever builds pins the digest that they have looked at (`--build-arg BASE=…@sha256:…`).
BASE: Final = "docker.io/library/python:3.11-slim-bookworm"
# A number that no user of a machine has.
USER: Final = 10001
PREFIX: Final = "/opt/rialto"
HOME: Final = "/var/lib/rialto"
HEADS: Final = "/var/lib/rialto-heads"
NAME: Final = "rialto"


def files(notice: str) -> Mapping[str, str]:
    """Return the files of the image by their place under `deploy/`."""
    return {"Containerfile": _containerfile(notice)}


def health_check(port: int = PORT) -> list[str]:
    """Return the command that asks the web server of a container whether it lives."""
    address = f"http://127.0.0.1:{port}{LIVE_PATH}"
    return [
        f"{PREFIX}/bin/python",
        "-c",
        f"import urllib.request as r; r.urlopen('{address}', timeout=4)",
    ]


def _containerfile(notice: str) -> str:
    rooms = places.ROOMS
    copies = "\n".join(f"COPY {room} {room}" for room in rooms)
    check = ", ".join(f'"{word}"' for word in health_check())
    return f"""# {notice}
# From the top of a checkout: podman build -f deploy/Containerfile -t rialto:{places.version()} .
# docs/how-to/run-it-in-containers.md says how the base is pinned and the image is run.

ARG BASE={BASE}

FROM ${{BASE}} AS build
WORKDIR /src
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 UV_LINK_MODE=copy UV_NO_PROGRESS=1 UV_PYTHON_DOWNLOADS=never
# All that is fetched is in a lock, with its hash.
COPY requirements-uv.lock requirements.lock ./
RUN pip install --no-cache-dir --no-deps --require-hashes --only-binary :all: \\
        -r requirements-uv.lock \\
 && uv venv --quiet {PREFIX} \\
 && uv pip install --quiet --no-cache --python {PREFIX}/bin/python --require-hashes \\
        --compile-bytecode -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY docs/reference/openapi.json docs/reference/
{copies}
RUN uv build --quiet --wheel --offline --out-dir /dist \\
 && uv pip install --quiet --no-cache --offline --python {PREFIX}/bin/python --no-deps \\
        --compile-bytecode /dist/*.whl

FROM ${{BASE}}
LABEL org.opencontainers.image.title="Rialto" \\
      org.opencontainers.image.version="{places.version()}" \\
      org.opencontainers.image.licenses="Apache-2.0"
RUN groupadd --system --gid {USER} rialto \\
 && useradd --system --uid {USER} --gid {USER} --no-create-home --home-dir {HOME} \\
        --shell /usr/sbin/nologin rialto \\
 && install -d -o {USER} -g {USER} -m 0700 {HOME} {HEADS}
# It belongs to root: no program of Rialto can change its own code.
COPY --from=build {PREFIX} {PREFIX}
ENV PATH={PREFIX}/bin:$PATH \\
    PYTHONDONTWRITEBYTECODE=1 \\
    MALLOC_ARENA_MAX=2 \\
    DJANGO_SETTINGS_MODULE=config.settings.prod \\
    RIALTO_HOME={HOME} \\
    RIALTO_SEAL_HEADS_FILE={HEADS}/seal-heads.txt
WORKDIR {HOME}
USER {USER}:{USER}
EXPOSE {PORT}
STOPSIGNAL {STOP_SIGNAL}
# Of the web server, which is what runs unless another program is named.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \\
    CMD [{check}]
ENTRYPOINT ["rialto"]
CMD ["serve", "web", "--host", "0.0.0.0", "--port", "{PORT}"]
"""
