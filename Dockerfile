# pbxgen alone: docker build -t pbxgen . && docker run --rm -v "$PWD:/source" pbxgen check examples/minimal
# Any Debian will do as a base (BASE=debian:forky-slim); one without Python gets Debian's, 3.11 or newer.
ARG BASE=python:3.13-slim
FROM ${BASE}

RUN command -v python3 >/dev/null || { \
        apt-get update && \
        apt-get install -y --no-install-recommends ca-certificates python3 python3-venv && \
        rm -rf /var/lib/apt/lists/*; \
    }
COPY pyproject.toml README.md LICENSE /src/
COPY docs/pbxgen.1 /src/docs/
COPY pbxgen /src/pbxgen
COPY templates /src/templates
RUN python3 -m venv /opt/pbxgen && \
    /opt/pbxgen/bin/pip install --no-cache-dir --disable-pip-version-check /src && \
    rm -rf /src
ENV PATH=/opt/pbxgen/bin:$PATH PYTHONUNBUFFERED=1
LABEL org.opencontainers.image.title="pbxgen" \
      org.opencontainers.image.description="Call forwarding as code: one YAML source, the same call flow on Asterisk and FreeSWITCH" \
      org.opencontainers.image.licenses="MIT"
WORKDIR /source
ENTRYPOINT ["pbxgen"]
