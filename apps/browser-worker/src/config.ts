import { readFileSync } from "node:fs";
import { availableParallelism, totalmem } from "node:os";
import { devHostsSchema, refusedCidrsSchema, type DevHosts, type RefusedCidr } from "@attestream/address-guard";
import { durationSchema } from "@attestream/shared";
import { attestorsSchema, type AttestorAddress } from "@attestream/shared/attestor-protocol";
import { z } from "zod";
import { defaultEgressLimits, type EgressLimits } from "./egress/egress-limits.ts";
import { gatewaySchema, trustAlso, upstreamsSchema, withGateway, type Upstreams } from "./egress/upstream-setting.ts";
import type { UpstreamProxy } from "./egress/upstream-proxy.ts";

const flag = z.enum(["0", "1", "true", "false"]).transform((text) => text === "1" || text === "true");
const integer = (min: number, max: number) =>
  z.string().regex(/^\d+$/, "must be a whole number").transform(Number).pipe(z.number().min(min).max(max));

export const environmentSchema = z.object({
  API_URL: z
    .url({ protocol: /^https?$/ })
    .default("http://127.0.0.1:4000")
    .describe("Where the API listens."),
  WORKER_TOKEN: z
    .string()
    .min(16, "must be at least 16 characters; generate one with: openssl rand -hex 32")
    .describe("Secret shared with the API. Also as WORKER_TOKEN_FILE."),
  WORKER_ID: z
    .string()
    .regex(/^[a-zA-Z0-9_-]{1,64}$/)
    .optional()
    .describe("Name of this worker; default: generated at each start."),
  WORKER_CAPACITY: integer(1, 500)
    .optional()
    .describe("Sessions held at once, as far as memory allows; default: from memory and cores."),
  POOL_SIZE: integer(0, 100).default(1).describe("Warm browsers kept ready, as far as memory allows."),
  POOL_MAX_AGE: durationSchema.default(3_600_000).describe("How long a warm browser may wait before it is replaced."),
  HOST: z.string().min(1).default("127.0.0.1").describe("Address that the viewer endpoint listens on."),
  WORKER_PORT: integer(0, 65_535).default(4300).describe("Port of the viewer endpoint; 0 takes any free one."),
  WORKER_ADDRESS: z
    .string()
    .regex(/^[^/\s]+:\d{1,5}$/, "must be host:port")
    .optional()
    .describe("host:port at which the API reaches the viewer endpoint; default: from the listener."),
  EGRESS_DEV_HOSTS: devHostsSchema
    .default(() => new Map())
    .describe("name=ip:port,…: development hosts that may live at a private address."),
  EGRESS_REFUSED_CIDRS: refusedCidrsSchema
    .default(() => [])
    .describe(
      "Networks that browsers must not reach although they are public, for example 203.0.113.0/24,2001:db8::/32.",
    ),
  EGRESS_UPSTREAMS: upstreamsSchema
    .default(() => new Map())
    .describe(
      "platform=http://user:password@host:port,…: proxies through which the browsers of a platform go out; https:// too, * for all other platforms, direct for none. Also as EGRESS_UPSTREAMS_FILE.",
    ),
  EGRESS_GATEWAY: gatewaySchema
    .optional()
    .describe(
      "http://worker:token@host:port of an egress gateway: names are asked and connections opened there, for a worker in a network without a way out. Also as EGRESS_GATEWAY_FILE.",
    ),
  EGRESS_CONNECTIONS: integer(8, 10_000)
    .default(defaultEgressLimits.connections)
    .describe("Connections that one browser may have open at once; more are refused."),
  EGRESS_CONNECTIONS_PER_SECOND: integer(1, 10_000)
    .default(defaultEgressLimits.connectionsPerSecond)
    .describe("New connections of one browser per second, twice as many in a burst; more are refused."),
  EGRESS_BANDWIDTH: integer(64, 10_000_000)
    .default(defaultEgressLimits.bytesPerSecond / 1024)
    .describe("KiB per second that one browser may send and receive; more is slowed down."),
  EGRESS_TRAFFIC: integer(1, 1_000_000)
    .default(defaultEgressLimits.bytes / 2 ** 20)
    .describe(
      "MiB that one session's browser may send and receive; after that its connections are closed and refused.",
    ),
  EGRESS_IDLE: durationSchema
    .pipe(z.number().min(1_000, "must be at least 1s").max(86_400_000, "must be at most 1d"))
    .default(defaultEgressLimits.idleMs)
    .describe("A connection over which nothing goes for so long is closed."),
  ATTESTORS: attestorsSchema
    .default(() => [])
    .describe(
      "Attestors, in the order in which they are tried: https://host:4200#kid=<thumbprint of its key>&platforms=name+name,…; http only on this machine, or to a name without a dot. Default: none, and the data is signed alone.",
    ),
  ATTESTOR_TOKEN: z
    .string()
    .transform((text) => text.split(",").map((token) => token.trim()))
    .refine((tokens) => tokens.every((token) => token.length >= 16), "must be at least 16 characters")
    .optional()
    .describe(
      "Secret shared with the attestors: one for all, or as many as there are ATTESTORS, with commas. Also as ATTESTOR_TOKEN_FILE.",
    ),
  EXTRA_CA_FILE: z
    .string()
    .optional()
    .describe(
      "PEM file with certificate authorities that the browsers, and connections to an upstream proxy or an attestor, trust in addition.",
    ),
  CHROMIUM_PATH: z
    .string()
    .optional()
    .describe("Chromium to run; default: the first known place where one is installed."),
  RUNTIME_DIR: z
    .string()
    .optional()
    .describe(
      "Where throw-away profiles live; must be reachable by every user. Default: the system's temporary folder.",
    ),
  ALLOW_NO_SANDBOX: flag
    .default(false)
    .describe("Run even where Chromium's sandbox does not work (level L0). Never for real users."),
  MIN_ISOLATION: z
    .enum(["L1", "L2"])
    .default("L1")
    .describe(
      "Least level of isolation: L2 also keeps the browsers off this machine's network and files; where it does not hold, the worker then does not start.",
    ),
  BROWSER_DISK: integer(16, 65_536)
    .default(256)
    .describe("MiB that one browser may write at level L2, for its profile and for other files each; kept in memory."),
  LAUNCH_TIMEOUT: durationSchema.default(30_000).describe("How long a browser may take to start."),
  BROWSER_MEMORY: integer(128, 65_536)
    .default(1024)
    .describe("MiB that one browser may take; one that takes more is ended, and its session with it."),
  LOG_LEVEL: z
    .enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"])
    .default("info")
    .describe("Least severe level that is logged."),
});

export interface WorkerConfig {
  apiUrl: string;
  workerToken: string;
  workerId: string | undefined;
  capacity: number;
  poolSize: number;
  poolMaxAgeMs: number;
  host: string;
  port: number;
  address: string | undefined;
  devHosts: DevHosts;
  refusedCidrs: readonly RefusedCidr[];
  upstreams: Upstreams;
  gateway: UpstreamProxy | undefined;
  egressLimits: EgressLimits;
  attestors: readonly AttestorAddress[];
  attestorTokens: readonly string[];
  extraCaFile: string | undefined;
  /** PEM: what is in that file. */
  extraCa: string | undefined;
  chromiumPath: string | undefined;
  runtimeDir: string | undefined;
  allowNoSandbox: boolean;
  minIsolation: "L1" | "L2";
  browserDiskMiB: number;
  launchTimeoutMs: number;
  browserMemoryMiB: number;
  logLevel: z.infer<typeof environmentSchema>["LOG_LEVEL"];
}

/** All problems of the environment at once, one line each, each naming its variable. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/** Throws ConfigError. `readSecret` reads a `*_FILE`; it is a parameter for tests. */
export function loadConfig(
  env: Record<string, string | undefined>,
  readSecret: (path: string) => string = (path) => readFileSync(path, "utf8"),
): WorkerConfig {
  const problems: string[] = [];
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ""));
  for (const name of ["WORKER_TOKEN", "ATTESTOR_TOKEN", "EGRESS_UPSTREAMS", "EGRESS_GATEWAY"] as const) {
    const file = given[`${name}_FILE`];
    if (given[name] !== undefined || file === undefined) continue;
    try {
      given[name] = readSecret(file).trim();
    } catch {
      problems.push(`${name}_FILE: cannot read ${file}`);
    }
  }
  const readCa = (path: string) => {
    try {
      return readSecret(path);
    } catch {
      throw new ConfigError(`EXTRA_CA_FILE: cannot read ${path}`);
    }
  };
  const parsed = environmentSchema.safeParse(given, {
    error: (issue) => (issue.input === undefined ? "is required" : undefined),
  });
  for (const issue of parsed.error?.issues ?? []) problems.push(`${issue.path.join(".")}: ${issue.message}`);
  const attestors = parsed.data?.ATTESTORS ?? [];
  const tokens = parsed.data?.ATTESTOR_TOKEN ?? [];
  if (parsed.success && attestors.length > 0 && tokens.length !== 1 && tokens.length !== attestors.length)
    problems.push(
      `ATTESTOR_TOKEN: ${attestors.length} attestors need one token for all, or one each; there are ${tokens.length}`,
    );
  if (!parsed.success || problems.length > 0) throw new ConfigError(problems.join("\n"));
  const values = parsed.data;
  const caFile = values.EXTRA_CA_FILE;
  const gateway =
    caFile !== undefined && values.EGRESS_GATEWAY?.secure
      ? { ...values.EGRESS_GATEWAY, ca: readCa(caFile) }
      : values.EGRESS_GATEWAY;
  const upstreams = withGateway(values.EGRESS_UPSTREAMS, gateway);
  // Read here only where this process itself needs it; the browsers' store says what is wrong with it otherwise.
  const extraCa = caFile !== undefined && attestors.length > 0 ? readCa(caFile) : undefined;
  return {
    apiUrl: values.API_URL.replace(/\/+$/, ""),
    workerToken: values.WORKER_TOKEN,
    workerId: values.WORKER_ID,
    capacity: values.WORKER_CAPACITY ?? defaultCapacity(),
    poolSize: values.POOL_SIZE,
    poolMaxAgeMs: values.POOL_MAX_AGE,
    host: values.HOST,
    port: values.WORKER_PORT,
    address: values.WORKER_ADDRESS,
    devHosts: values.EGRESS_DEV_HOSTS,
    refusedCidrs: values.EGRESS_REFUSED_CIDRS,
    upstreams: caFile === undefined ? upstreams : trustAlso(upstreams, () => readCa(caFile)),
    gateway,
    egressLimits: {
      connections: values.EGRESS_CONNECTIONS,
      connectionsPerSecond: values.EGRESS_CONNECTIONS_PER_SECOND,
      bytesPerSecond: values.EGRESS_BANDWIDTH * 1024,
      bytes: values.EGRESS_TRAFFIC * 2 ** 20,
      idleMs: values.EGRESS_IDLE,
    },
    attestors,
    attestorTokens: tokens,
    extraCaFile: caFile,
    extraCa,
    chromiumPath: values.CHROMIUM_PATH,
    runtimeDir: values.RUNTIME_DIR,
    allowNoSandbox: values.ALLOW_NO_SANDBOX,
    minIsolation: values.MIN_ISOLATION,
    browserDiskMiB: values.BROWSER_DISK,
    launchTimeoutMs: values.LAUNCH_TIMEOUT,
    browserMemoryMiB: values.BROWSER_MEMORY,
    logLevel: values.LOG_LEVEL,
  };
}

/** A live session takes some 250 MiB and, while its page moves, a good part of a core. */
function defaultCapacity(): number {
  return Math.max(1, Math.min(availableParallelism() * 2, Math.floor(totalmem() / 2 ** 20 / 400)));
}
