# massive-kdb in a container: the feed, and with other commands the simulator and the embedded engine (compose.yaml).
#
#   docker build -t massive-kdb .
#   docker run --rm --network host --read-only --tmpfs /tmp -v massive-kdb:/var/lib/massive-kdb \
#     -v ./massive-kdb.yaml:/etc/massive-kdb/massive-kdb.yaml:ro \
#     -v ./secrets/MASSIVE_API_KEY:/run/secrets/MASSIVE_API_KEY:ro -e MASSIVE_API_KEY_FILE=/run/secrets/MASSIVE_API_KEY \
#     massive-kdb start
#
# On the host's network the tickerplant and the status page are where they are without a container, on the loopback
# address. Secrets are mounted: none is in a layer, and none in a variable that `docker inspect` shows.

FROM node:20-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json README.md ARCHITECTURE.md CHANGELOG.md LICENSE ./
COPY config config
COPY docs docs
COPY q q
COPY src src
# What the package holds and nothing else, with the packages of the lock file.
RUN npm pack --pack-destination /tmp \
  && mkdir /package \
  && tar --extract --gzip --file /tmp/massive-kdb-*.tgz --directory /package --strip-components 1 \
  && cp package-lock.json .npmrc /package/ \
  && cd /package \
  && npm ci --omit=dev --ignore-scripts --no-audit --no-fund \
  && chmod 755 dist/cli/main.js

FROM node:20-bookworm-slim
COPY --from=build /package /opt/massive-kdb
RUN ln -s /opt/massive-kdb/dist/cli/main.js /usr/local/bin/massive-kdb \
  && install --directory --owner node --group node --mode 700 /var/lib/massive-kdb /var/cache/massive-kdb
ENV NODE_ENV=production \
  MASSIVE_KDB_STATE_DIRECTORY=/var/lib/massive-kdb \
  MASSIVE_KDB_HISTORY_CACHE_DIRECTORY=/var/cache/massive-kdb
USER node
WORKDIR /var/lib/massive-kdb
# Spool, gaps and quarantine: what must outlive the container. The root file system can be read-only.
VOLUME /var/lib/massive-kdb
# The daemon stops cleanly by it, within timeouts.stopMs; give it longer than that (--stop-timeout 45).
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=4 \
  CMD ["node", "/opt/massive-kdb/config/docker/alive.mjs"]
ENTRYPOINT ["massive-kdb"]
CMD ["start"]
