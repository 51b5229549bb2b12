import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { refusedCidrsSchema, type RefusedCidr } from "@attestream/address-guard";
import { z } from "zod";
import { durationSchema, parseDuration } from "@attestream/shared";
import { attestorsSchema, type AttestorAddress } from "@attestream/shared/attestor-protocol";
import { isolationLevelSchema, type IsolationLevel } from "@attestream/shared/worker-protocol";

const repository = resolve(dirname(fileURLToPath(import.meta.url)), "../../..");

/** Raised with every problem of the environment at once; the program prints it and exits with 78. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The configuration is not valid:\n${problems.map((problem) => `  ${problem}`).join("\n")}`);
    this.name = "ConfigError";
    this.problems = problems;
  }
}

const origin = z
  .string()
  .refine(
    (text) => /^(https?|wss?):\/\//i.test(text) && URL.canParse(text),
    "write a whole address, for example https://verify.example.com",
  )
  .transform((text) => text.replace(/\/+$/, ""));
const duration = (fallback: string) =>
  durationSchema
    .pipe(z.number().min(1_000, "must be at least 1s").max(parseDuration("7d"), "must be at most 7d"))
    .default(parseDuration(fallback));
/** `off` is as good as 0. */
const retention = (fallback: string) =>
  z
    .string()
    .transform((text) => (text === "off" ? "0" : text))
    .pipe(durationSchema)
    .refine((ms) => ms === 0 || (ms >= parseDuration("1m") && ms <= parseDuration("3650d")), "write 0, or 1m to 3650d")
    .default(parseDuration(fallback));
const perMinute = (fallback: number) =>
  z.coerce.number("must be a whole number").int().min(1).max(10_000_000).default(fallback);
const encryptionKey = z.string().min(32, "must have 32 characters or more; make one with: openssl rand -hex 32");
const list = (separator: string | RegExp) =>
  z
    .string()
    .default("")
    .transform((text) =>
      text
        .split(separator)
        .map((part) => part.trim())
        .filter((part) => part !== ""),
    );
/** A number of proxies, or addresses and networks (also `loopback`). */
const trustedProxies = z
  .string()
  .default("0")
  .transform((text, context) => {
    if (/^\d$/.test(text)) return Number(text);
    const addresses = text.split(",").map((part) => part.trim());
    if (addresses.every(isAddressOrNetwork)) return addresses;
    context.addIssue({
      code: "custom",
      message: "write how many (0 to 9), or addresses like 10.0.0.2, 10.0.0.0/8, loopback",
    });
    return z.NEVER;
  });
const hostPort = /^[a-z0-9.-]+:\d{1,5}$/i;
const devHost = /^[a-z0-9.-]+=(?:\[[0-9a-f:.]+\]|[0-9.]+):\d{1,5}$/i;

/** Every setting of the API. All are optional. A secret can also be given as NAME_FILE, the path of a file that holds it. */
export const environmentSchema = z.object({
  PORT: z.coerce
    .number("must be a port number")
    .int()
    .min(0)
    .max(65_535)
    .default(4000)
    .describe("Port of the HTTP server; 0 takes a free one"),
  HOST: z.string().min(1).default("127.0.0.1").describe("Address to listen on; 0.0.0.0 for all"),
  DATA_DIR: z
    .string()
    .min(1)
    .default(".attestream")
    .describe("Folder of the embedded database and of generated secrets"),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, "must start with postgres://")
    .optional()
    .describe("A PostgreSQL server instead of the embedded database"),
  PUBLIC_URL: origin.optional().describe("Address of the API as partners see it; default http://localhost:PORT"),
  FRAME_ORIGIN: origin.optional().describe("Origin of the iframe page, when it is not PUBLIC_URL"),
  STREAM_ORIGIN: origin.optional().describe("Origin of the viewers' WebSocket, when it is not PUBLIC_URL"),
  BOOTSTRAP_API_KEY: z
    .string()
    .min(20, "must have 20 characters or more")
    .max(200)
    .regex(/^[\x21-\x7e]+$/, "must be printable ASCII without spaces")
    .optional()
    .describe("The first API key, taken as given; reaches every platform"),
  PLATFORMS_DIRS: list(":").describe("Folders of more platforms, separated by colons"),
  WEBHOOK_DEV_HOSTS: list(",")
    .pipe(z.array(z.string().regex(hostPort, "write host:port, for example localhost:4001")))
    .describe("host:port list that webhooks may reach although it is not public; for development"),
  EGRESS_DEV_HOSTS: list(",")
    .pipe(z.array(z.string().regex(devHost, "write name=ip:port, for example bank.demo.test=127.0.0.1:4100")))
    .describe("The workers' development hosts, written as for them: a session's customUrl may name one"),
  EGRESS_REFUSED_CIDRS: refusedCidrsSchema
    .default(() => [])
    .describe(
      "Networks that webhooks must not reach although they are public, for example 203.0.113.0/24,2001:db8::/32",
    ),
  EXTRA_CA_FILE: z
    .string()
    .min(1)
    .optional()
    .describe("PEM file of further certificate authorities that webhooks trust"),
  WORKER_TOKEN: z
    .string()
    .min(16, "must have 16 characters or more")
    .optional()
    .describe("Secret shared with the workers; generated in DATA_DIR when absent"),
  MASTER_KEY: z
    .string()
    .min(32, "must have 32 characters or more")
    .optional()
    .describe(
      "What API keys' pepper, tokens and, without ENCRYPTION_KEY, the seal of what is stored are derived from; generated in DATA_DIR when absent",
    ),
  ENCRYPTION_KEY: encryptionKey.optional().describe("Key that seals what is stored; default: one from MASTER_KEY"),
  ENCRYPTION_KEYS_OLD: list(/[\s,]+/)
    .pipe(z.array(encryptionKey))
    .describe("Earlier values of ENCRYPTION_KEY, separated by commas or lines: what they sealed can be read still"),
  ALLOWED_HOSTS: list(",")
    .pipe(z.array(z.string().regex(/^[a-z0-9._-]+$/i, "write host names, for example api.internal, without a port")))
    .describe(
      "Further host names under which the API answers, separated by commas; PUBLIC_URL's, FRAME_ORIGIN's and STREAM_ORIGIN's, localhost and addresses are among them",
    ),
  MAX_CONNECTIONS: z.coerce
    .number("must be a whole number")
    .int()
    .min(10)
    .max(1_000_000)
    .default(4_000)
    .describe("Connections open at once, streams included; below the process's limit of open files"),
  METRICS_TOKEN: z
    .string()
    .min(16, "must have 16 characters or more")
    .optional()
    .describe("Who may read /metrics, as a bearer token; default: this machine alone, and nobody through a proxy"),
  MIN_ISOLATION: isolationLevelSchema
    .default("L1")
    .describe("Least level of isolation that a worker must have to be taken: L0 (none), L1, L2 or L3"),
  ATTESTORS: attestorsSchema
    .default(() => [])
    .describe(
      "Attestors whose evidence is taken, as the workers have them: https://host:port, separated by commas; #kid=… takes one key only",
    ),
  ATTESTOR_KEYS_FILE: z
    .string()
    .min(1)
    .optional()
    .describe("JWKS file of attestors' keys that are trusted without asking the attestors"),
  TRUST_PROXY: trustedProxies.describe(
    "Reverse proxies before the API, whose X-Forwarded-For is believed: how many, or their addresses, separated by commas",
  ),
  PARTNER_QUOTA: z.coerce
    .number("must be a number")
    .int()
    .min(1)
    .max(100_000)
    .default(100)
    .describe("Browsers that one partner may hold at once; its further sessions wait in the queue"),
  DATA_RETENTION: retention("30d").describe(
    "How long the data of a session that has ended is kept before it is erased; 0 keeps it until a partner erases it",
  ),
  READY_HOLD: duration("2m").describe("How long a ready browser waits for its end user"),
  VIEWER_GRACE: duration("2m").describe("How long a session waits for a viewer that has gone"),
  RATE_LIMIT_REQUESTS: perMinute(120).describe("Requests per API key and minute"),
  RATE_LIMIT_CREATES: perMinute(30).describe("Sessions created per API key and minute"),
  RATE_LIMIT_WEBHOOKS: perMinute(30).describe("Webhooks tried and replayed on request per API key and minute"),
  QUEUE_TIMEOUT: duration("10m").describe("How long an end user waits for a browser"),
  LOG_LEVEL: z
    .enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"])
    .default("info")
    .describe("Least level of log lines"),
  FRAME_DIR: z
    .string()
    .min(1)
    .default(resolve(repository, "apps/frame/dist"))
    .describe("Folder of the built frame page"),
  DEMO_PARTNER_API_KEY: z
    .string()
    .min(20, "must have 20 characters or more")
    .optional()
    .describe("Test key of the demo partner"),
  DEMO_PARTNER_WEBHOOK_SECRET: z
    .string()
    .regex(/^whsec_[A-Za-z0-9+/]+={0,2}$/, "must be whsec_ and base64")
    .optional()
    .describe("Webhook secret of the demo partner"),
  DEMO_PARTNER_URL: origin.optional().describe("Address of the demo partner's page"),
});

const secretNames = [
  "DATABASE_URL",
  "BOOTSTRAP_API_KEY",
  "WORKER_TOKEN",
  "MASTER_KEY",
  "ENCRYPTION_KEY",
  "ENCRYPTION_KEYS_OLD",
  "METRICS_TOKEN",
  "DEMO_PARTNER_API_KEY",
  "DEMO_PARTNER_WEBHOOK_SECRET",
] as const;

type Environment = z.infer<typeof environmentSchema>;

export interface Config {
  port: number;
  host: string;
  dataDir: string;
  databaseUrl: string | undefined;
  publicUrl: string | undefined;
  frameOrigin: string | undefined;
  streamOrigin: string | undefined;
  bootstrapApiKey: string | undefined;
  platformsDirs: string[];
  webhookDevHosts: string[];
  /** `host:port` as a URL names them. */
  customUrlDevHosts: string[];
  refusedCidrs: readonly RefusedCidr[];
  extraCaFile: string | undefined;
  workerToken: string | undefined;
  masterKey: string | undefined;
  encryptionKeys: { current: string | undefined; old: string[] };
  trustProxy: number | string[];
  allowedHosts: string[];
  maxConnections: number;
  metricsToken: string | undefined;
  minIsolation: IsolationLevel;
  attestors: readonly AttestorAddress[];
  attestorKeysFile: string | undefined;
  partnerQuota: number;
  /** 0: no end. */
  dataRetentionMs: number;
  readyHoldMs: number;
  viewerGraceMs: number;
  queueTimeoutMs: number;
  requestsPerMinute: number;
  createsPerMinute: number;
  webhooksPerMinute: number;
  logLevel: Environment["LOG_LEVEL"];
  frameDir: string;
  demoPartner: { apiKey: string; webhookSecret: string | undefined; url: string | undefined } | undefined;
}

/** Pure but for reading NAME_FILE files. An empty variable counts as absent. Throws ConfigError. */
export function loadConfig(
  env: Record<string, string | undefined>,
  readSecret: (path: string) => string = (path) => readFileSync(path, "utf8"),
): Config {
  const problems: string[] = [];
  const given: Record<string, string> = {};
  for (const name of Object.keys(environmentSchema.shape)) {
    const value = env[name];
    if (value !== undefined && value.trim() !== "") given[name] = value.trim();
  }
  for (const name of secretNames) {
    const path = env[`${name}_FILE`];
    if (path === undefined || path === "") continue;
    if (given[name] !== undefined) problems.push(`${name}: is set twice; remove ${name} or ${name}_FILE`);
    try {
      given[name] = readSecret(path).trim();
    } catch {
      problems.push(`${name}_FILE: ${path} cannot be read; correct the path or its rights`);
    }
  }
  const parsed = environmentSchema.safeParse(given);
  if (!parsed.success)
    problems.push(...parsed.error.issues.map((issue) => `${issue.path[0]?.toString() ?? ""}: ${issue.message}`));
  if (!parsed.success || problems.length > 0) throw new ConfigError(problems);
  return toConfig(parsed.data);
}

function toConfig(env: Environment): Config {
  return {
    port: env.PORT,
    host: env.HOST,
    dataDir: resolve(env.DATA_DIR),
    databaseUrl: env.DATABASE_URL,
    publicUrl: env.PUBLIC_URL,
    frameOrigin: env.FRAME_ORIGIN,
    streamOrigin: env.STREAM_ORIGIN,
    bootstrapApiKey: env.BOOTSTRAP_API_KEY,
    platformsDirs: [resolve(repository, "platforms"), ...env.PLATFORMS_DIRS.map((path) => resolve(path))],
    webhookDevHosts: env.WEBHOOK_DEV_HOSTS,
    // A worker takes such a name with the port of https and with the one that it leads to.
    customUrlDevHosts: env.EGRESS_DEV_HOSTS.flatMap((entry) => {
      const [name, target = ""] = entry.split("=");
      return [`${name}:443`, `${name}:${target.split(":").at(-1)}`];
    }),
    refusedCidrs: env.EGRESS_REFUSED_CIDRS,
    extraCaFile: env.EXTRA_CA_FILE,
    workerToken: env.WORKER_TOKEN,
    masterKey: env.MASTER_KEY,
    encryptionKeys: { current: env.ENCRYPTION_KEY, old: env.ENCRYPTION_KEYS_OLD },
    trustProxy: env.TRUST_PROXY,
    allowedHosts: env.ALLOWED_HOSTS,
    maxConnections: env.MAX_CONNECTIONS,
    metricsToken: env.METRICS_TOKEN,
    minIsolation: env.MIN_ISOLATION,
    attestors: env.ATTESTORS,
    attestorKeysFile: env.ATTESTOR_KEYS_FILE,
    partnerQuota: env.PARTNER_QUOTA,
    dataRetentionMs: env.DATA_RETENTION,
    readyHoldMs: env.READY_HOLD,
    viewerGraceMs: env.VIEWER_GRACE,
    queueTimeoutMs: env.QUEUE_TIMEOUT,
    requestsPerMinute: env.RATE_LIMIT_REQUESTS,
    createsPerMinute: env.RATE_LIMIT_CREATES,
    webhooksPerMinute: env.RATE_LIMIT_WEBHOOKS,
    logLevel: env.LOG_LEVEL,
    frameDir: resolve(env.FRAME_DIR),
    demoPartner:
      env.DEMO_PARTNER_API_KEY === undefined
        ? undefined
        : {
            apiKey: env.DEMO_PARTNER_API_KEY,
            webhookSecret: env.DEMO_PARTNER_WEBHOOK_SECRET,
            url: env.DEMO_PARTNER_URL,
          },
  };
}

function isAddressOrNetwork(text: string): boolean {
  if (["loopback", "linklocal", "uniquelocal"].includes(text)) return true;
  const [address = "", bits, ...more] = text.split("/");
  const version = isIP(address);
  if (version === 0 || more.length > 0) return false;
  return bits === undefined || (/^[1-9]\d{0,2}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}
