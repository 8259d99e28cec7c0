# tsuide as an image: docker build -t tsuide .   (docker run --rm tsuide doctor)
# Everything is pinned by hash; the first stage has a C compiler, for the loops of ranking. No compiler, no package manager and no root
# in what runs. The root file system may be read-only.
FROM python:3.11 AS build
WORKDIR /build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1 PIP_ROOT_USER_ACTION=ignore
RUN ["python", "-m", "venv", "--without-pip", "/opt/tsuide"]
COPY requirements.image.lock ./
RUN ["pip", "--python", "/opt/tsuide/bin/python", "install", "--no-cache-dir", "--only-binary", ":all:", "--require-hashes", "--requirement", "requirements.image.lock"]
COPY pyproject.toml README.md LICENSE ./
COPY stream stream
COPY features features
COPY online_models online_models
COPY deploy deploy
RUN ["pip", "--python", "/opt/tsuide/bin/python", "install", "--no-cache-dir", "--no-index", "--no-deps", "--no-build-isolation", "."]

FROM python:3.11-slim
COPY --from=build /opt/tsuide /opt/tsuide
# 10001: a number, so that Kubernetes can see that it is not root. /var/lib/tsuide is for what a worker may keep, /tmp for the rest.
RUN ["install", "--directory", "--owner", "10001", "--group", "10001", "/var/lib/tsuide"]
ENV PATH=/opt/tsuide/bin:/usr/local/bin:/usr/bin:/bin \
    HOME=/tmp \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    TSUIDE_OPS_LISTEN=0.0.0.0:9464 \
    TSUIDE_LISTEN=0.0.0.0:8080
USER 10001:10001
WORKDIR /var/lib/tsuide
EXPOSE 8080 9464
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=10s --start-period=60s --retries=3 CMD ["tsuide", "health"]
ENTRYPOINT ["tsuide"]
CMD ["--help"]
