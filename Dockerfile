# Every image of the system: one target per app, and `jobs` for what runs once before them.

FROM node:24-bookworm-slim AS node
WORKDIR /scantill
ENV NO_UPDATE_NOTIFIER=1

# What decides which packages are installed, and nothing else: after a change to a source nothing is installed again.
FROM node AS manifests
COPY package.json package-lock.json .npmrc ./
COPY apps apps
COPY libs libs
COPY prisma prisma
RUN find apps libs prisma -type f ! -name package.json -delete && find apps libs prisma -type d -empty -delete

FROM node AS packages
COPY --from=manifests /scantill ./
RUN --mount=type=cache,target=/npm-cache,sharing=locked npm ci --cache /npm-cache --ignore-scripts --loglevel=error

# Leaves in /built what runs: the folders named dist, where they were.
FROM packages AS build
ENV NX_DAEMON=false NX_NO_CLOUD=true NX_TUI=false
# Prisma reads from tsconfig.json how the imports of what it generates must end.
COPY nx.json .swcrc tsconfig.base.json tsconfig.json ./
COPY prisma prisma
# Generating needs no engine; naming one keeps Prisma from fetching it.
ENV PRISMA_SCHEMA_ENGINE_BINARY=/bin/true PRISMA_HIDE_UPDATE_MESSAGE=1 CHECKPOINT_DISABLE=1
RUN for schema in prisma/*/schema.prisma; do npx prisma generate --schema "$schema" || exit 1; done
COPY libs libs
COPY apps apps
RUN npx nx run-many -t build --output-style=static
RUN mkdir /built && find apps libs prisma -type d -name dist -not -path '*/node_modules/*' -prune -exec cp -r --parents {} /built \;

# What the apps need at run time, and no more: one layer that all their images share. Optional is what Prisma's client can work without: Prisma.
FROM node AS production-packages
COPY --from=manifests /scantill ./
RUN --mount=type=cache,target=/npm-cache,sharing=locked npm ci --cache /npm-cache --ignore-scripts --omit=dev --omit=optional --loglevel=error \
  --workspace=apps/order --workspace=apps/payment-gateway --workspace=apps/notification --workspace=apps/reconciliation --workspace=apps/simulator

# The code belongs to root and runs as somebody else. What is decided at set-up comes from a file, so that no password is in the container's settings.
FROM node AS runtime
ENV NODE_ENV=production BIND_HOST=0.0.0.0
COPY docker/is-ready /usr/local/bin/
COPY --from=production-packages /scantill ./
COPY --from=build /built/libs libs
# A new volume takes over the owner of the folder it is mounted on.
RUN install -d -o node -g node /run/scantill /var/lib/scantill
USER node

FROM runtime AS order
COPY --from=build /built/prisma/order prisma/order
COPY --from=build /built/apps/order apps/order
CMD ["node", "--enable-source-maps", "--max-semi-space-size=32", "--env-file-if-exists=/run/scantill/service.env", "apps/order/dist/main.js"]

FROM runtime AS payment-gateway
COPY --from=build /built/prisma/payment-gateway prisma/payment-gateway
COPY --from=build /built/apps/payment-gateway apps/payment-gateway
CMD ["node", "--enable-source-maps", "--max-semi-space-size=32", "--env-file-if-exists=/run/scantill/service.env", "apps/payment-gateway/dist/main.js"]

FROM runtime AS notification
COPY --from=build /built/prisma/notification prisma/notification
COPY --from=build /built/apps/notification apps/notification
CMD ["node", "--enable-source-maps", "--max-semi-space-size=32", "--env-file-if-exists=/run/scantill/service.env", "apps/notification/dist/main.js"]

FROM runtime AS reconciliation
COPY --from=build /built/prisma/reconciliation prisma/reconciliation
COPY --from=build /built/apps/reconciliation apps/reconciliation
CMD ["node", "--enable-source-maps", "--max-semi-space-size=8", "--initial-old-space-size=64", "--external-memory-accounted-in-global-limit", "--env-file-if-exists=/run/scantill/service.env", "apps/reconciliation/dist/main.js"]

FROM runtime AS simulator
COPY --from=build /built/apps/simulator apps/simulator
CMD ["node", "--enable-source-maps", "--max-semi-space-size=32", "--env-file-if-exists=/run/scantill/service.env", "apps/simulator/dist/main.js"]

# What runs once before the services, and the smoke test: the launcher's own tools, which Node runs as they are.
FROM runtime AS jobs
COPY --from=packages /scantill/node_modules/commander node_modules/commander
COPY --from=packages /scantill/node_modules/@prisma/schema-engine-wasm node_modules/@prisma/schema-engine-wasm
COPY prisma prisma
COPY tools tools
USER root
RUN install -d -o node -g node /hand-out/order /hand-out/payment-gateway /hand-out/notification /hand-out/reconciliation /hand-out/simulator /hand-out/postgres
USER node
ENTRYPOINT ["node", "--disable-warning=TimeoutNegativeWarning"]
