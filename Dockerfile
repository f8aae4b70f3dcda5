# The image of Ferry's release archive. Every command runs in it: `docker run ferry --help`; without one the server.
FROM swift:6.3-bookworm AS build
WORKDIR /ferry
COPY scripts/prepare scripts/prepare
RUN scripts/prepare package && rm -rf /var/lib/apt/lists/*
COPY Package.swift Package.resolved* LICENSE CHANGELOG.md Dockerfile ./
COPY Sources Sources
COPY Tests Tests
COPY docs docs
COPY scripts scripts
RUN scripts/package

FROM debian:bookworm-slim
COPY scripts/packaging/debian-packages /tmp/debian-packages
RUN apt-get update && apt-get install -y --no-install-recommends $(cat /tmp/debian-packages) \
    && rm -rf /var/lib/apt/lists/* /tmp/debian-packages && useradd --system --create-home ferry \
    && install -d -o ferry -m 700 /home/ferry/ferry-data /home/ferry/ferry-data/files
COPY --from=build /ferry/.build/package/root/ /usr/local/
USER ferry
WORKDIR /home/ferry
ENV BIND_IP=0.0.0.0 FERRY_DATA=/home/ferry/ferry-data
EXPOSE 3000
VOLUME /home/ferry/ferry-data
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/${PORT:-3000} && printf 'GET /health HTTP/1.0\\r\\n\\r\\n' >&3 && head -1 <&3 | grep -q ' 200 '"]
ENTRYPOINT ["ferry"]
CMD ["serve"]
