# The image of a release: the program of its Linux archive, git, and the certificates that servers are known by. The workflow Release
# builds it, from a folder that has the programs as amd64/uptake and arm64/uptake. It holds no secret, runs as a user of its own, and
# writes below /var/lib/uptake alone.
FROM debian:13-slim

# No versions: Debian keeps only the newest of each, with what was mended since.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates git \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --user-group --create-home --home-dir /var/lib/uptake --shell /usr/sbin/nologin uptake

ARG TARGETARCH
COPY --chmod=755 ${TARGETARCH}/uptake /usr/local/bin/uptake
COPY LICENSE /usr/share/doc/uptake/LICENSE

# By number, so that a cluster sees that it is not root.
USER 10001:10001
WORKDIR /var/lib/uptake
VOLUME /var/lib/uptake
EXPOSE 8711

# Another command takes its place: docker run IMAGE --version.
ENTRYPOINT ["uptake"]
CMD ["serve", "--listen", "0.0.0.0:8711", "--state", "/var/lib/uptake/state", "--clones", "/var/lib/uptake/clones"]
