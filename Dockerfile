# The service and nothing else: no build tool, no pip, no root.
# docker build -t govties . && docker run --rm -p 127.0.0.1:8000:8000 govties

FROM python:3.13.16-slim AS build
WORKDIR /opt/govties
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_NO_INPUT=1 PIP_ROOT_USER_ACTION=ignore
RUN python -m venv .venv
COPY requirements.txt ./
RUN .venv/bin/python -m pip install --require-hashes --only-binary=:all: -r requirements.txt
COPY . .
RUN .venv/bin/python -m pip install --no-build-isolation --no-deps --editable . \
    && .venv/bin/python -m compileall -q app .venv/lib \
    && .venv/bin/python -m pip uninstall --yes setuptools pip

FROM python:3.13.16-slim
# The data folder holds SQLite and the packaged extension when nothing else is set; mount it to keep it.
RUN pip uninstall --yes --root-user-action=ignore pip \
    && useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin govties \
    && install --directory --owner=govties --mode=0700 /var/lib/govties /var/lib/govties/keys /var/lib/govties/extension
COPY --from=build /opt/govties /opt/govties
WORKDIR /opt/govties
ENV PATH=/opt/govties/.venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    GOVTIES_HOST=0.0.0.0 \
    GOVTIES_PORT=8000 \
    GOVTIES_BASE_URL=http://127.0.0.1:8000 \
    GOVTIES_DATA_DIR=/var/lib/govties
USER 10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=4s --start-period=60s --start-interval=1s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen('http://127.0.0.1:' + os.environ['GOVTIES_PORT'] + '/healthz', timeout=3)"]
STOPSIGNAL SIGTERM
CMD ["govties", "run"]
