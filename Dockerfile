FROM swift:6.3-bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends libsqlite3-dev libpq-dev libcrypt-dev libarchive-dev libzstd-dev pkg-config \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /ferry
COPY Package.swift ./
COPY Sources Sources
COPY Tests Tests
RUN swift build -c release --product ferry --static-swift-stdlib && cp .build/release/ferry /usr/local/bin/ferry

FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates libsqlite3-0 libpq5 libssl3 libcrypt1 libarchive13 libzstd1 \
    && rm -rf /var/lib/apt/lists/* && useradd --system --create-home ferry \
    && install -d -o ferry -m 700 /home/ferry/ferry-data /home/ferry/ferry-data/files
COPY --from=build /usr/local/bin/ferry /usr/local/bin/ferry
USER ferry
WORKDIR /home/ferry
ENTRYPOINT ["ferry", "serve"]
