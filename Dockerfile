# syntax=docker/dockerfile:1
# One image for every part; the target chooses which: api, worker, egress gateway, attestor or demo bank.
FROM node:24-bookworm-slim AS dependencies
WORKDIR /app
RUN npm install --global pnpm@10.34.9
COPY package.json pnpm-workspace.yaml pnpm-lock.yaml ./
COPY packages packages
COPY apps apps
COPY examples examples
COPY e2e/package.json e2e/package.json
COPY bench/package.json bench/package.json
COPY attack/package.json attack/package.json
COPY fuzz/package.json fuzz/package.json
# With the optional ones: the programs of esbuild and sharp are among them. What only the bundling needs goes afterwards.
RUN pnpm install --frozen-lockfile \
 && node --conditions=@attestream/source apps/frame/build.ts \
 && node --conditions=@attestream/source apps/verifier/build.ts \
 && node --conditions=@attestream/source packages/sdk/build.ts \
 && CI=true pnpm install --frozen-lockfile --prod \
 && rm -rf node_modules/.pnpm/node-linux-* node_modules/.pnpm/@esbuild+*

FROM node:24-bookworm-slim AS base
WORKDIR /app
ENV NODE_ENV=production
COPY --from=dependencies /app /app
COPY platforms platforms
RUN useradd --uid 10001 --create-home attestream && mkdir /data && chown attestream /data
USER attestream
ENTRYPOINT ["node", "--conditions=@attestream/source", "--enable-source-maps"]

FROM base AS api
ENV HOST=0.0.0.0 DATA_DIR=/data
EXPOSE 4000
CMD ["apps/api/src/main.ts"]

FROM base AS attestor
ENV HOST=0.0.0.0 DATA_DIR=/data
EXPOSE 4200
CMD ["apps/attestor/src/main.ts"]

FROM base AS egress-gateway
ENV HOST=0.0.0.0
EXPOSE 3128
CMD ["apps/egress-gateway/src/main.ts"]

FROM base AS demo-bank
ENV HOST=0.0.0.0 CERT_DIR=/certificates
EXPOSE 4100
CMD ["apps/demo-platform/src/main.ts"]

FROM base AS worker
USER root
RUN apt-get update \
 && apt-get install -y --no-install-recommends chromium-headless-shell libnss3-tools bubblewrap socat fonts-liberation \
 && rm -rf /var/lib/apt/lists/*
USER attestream
ENV HOST=0.0.0.0
EXPOSE 4300
CMD ["apps/browser-worker/src/main.ts"]
