import { readFileSync } from "node:fs";
import { join } from "node:path";
import { devHostsSchema, refusedCidrsSchema, type DevHosts, type RefusedCidr } from "@attestream/address-guard";
import { durationSchema } from "@attestream/shared";
import { z } from "zod";

const integer = (min: number, max: number) =>
  z.string().regex(/^\d+$/, "must be a whole number").transform(Number).pipe(z.number().min(min).max(max));

const hashesSchema = z.string().transform((text, context): ReadonlySet<string> => {
  const hashes = text
    .split(",")
    .map((hash) => hash.trim())
    .filter((hash) => hash !== "");
  const wrong = hashes.find((hash) => !/^[0-9a-f]{64}$/.test(hash));
  if (wrong === undefined) return new Set(hashes);
  context.addIssue({ code: "custom", message: `"${wrong}" is not a hash of 64 hexadecimal digits in lower case` });
  return z.NEVER;
});

export const environmentSchema = z.object({
  ATTESTOR_TOKEN: z
    .string()
    .min(16, "must be at least 16 characters; generate one with: openssl rand -hex 32")
    .describe("Secret shared with the workers that may ask. Also as ATTESTOR_TOKEN_FILE."),
  HOST: z
    .string()
    .min(1)
    .default("127.0.0.1")
    .describe(
      "Address that it listens on. Past loopback it needs TLS_CERT_FILE and TLS_KEY_FILE, or a proxy with TLS.",
    ),
  ATTESTOR_PORT: integer(0, 65_535).default(4200).describe("Port that it listens on; 0 takes any free one."),
  DATA_DIR: z
    .string()
    .min(1)
    .default(join(import.meta.dirname, "../../../.attestream/attestor"))
    .describe("Folder of its signing key, which is made at the first start. Nothing else is ever written."),
  TLS_CERT_FILE: z.string().min(1).optional().describe("PEM file with its certificate chain, to serve https."),
  TLS_KEY_FILE: z.string().min(1).optional().describe("PEM file with the certificate's private key."),
  EXTRA_CA_FILE: z
    .string()
    .min(1)
    .optional()
    .describe("PEM file with certificate authorities that it accepts for sites in addition to the public ones."),
  EGRESS_DEV_HOSTS: devHostsSchema
    .default(() => new Map())
    .describe("name=ip:port,…: development hosts that may live at a private address."),
  EGRESS_REFUSED_CIDRS: refusedCidrsSchema
    .default(() => [])
    .describe("Networks that it must not connect to although they are public."),
  ATTESTOR_WORKFLOWS: hashesSchema
    .optional()
    .describe("Hashes of the platform definitions that it works for; default: any, and the evidence names the hash."),
  ATTESTOR_CONNECTIONS: integer(1, 100_000)
    .default(256)
    .describe("Connections that are recorded at once; more are refused."),
  ATTESTOR_CONNECTION_SIZE: integer(1, 1024)
    .default(16)
    .describe("MiB of one connection that are recorded; of one that carries more there is no evidence."),
  ATTESTOR_MEMORY: integer(8, 65_536).default(256).describe("MiB of all recordings together."),
  ATTESTOR_KEEP: durationSchema
    .pipe(z.number().min(1_000, "must be at least 1s").max(3_600_000, "must be at most 1h"))
    .default(300_000)
    .describe("How long a connection is remembered at most, from when it was opened."),
  ATTESTOR_COMMIT_WITHIN: durationSchema
    .pipe(z.number().min(100, "must be at least 100ms").max(60_000, "must be at most 1m"))
    .default(3_000)
    .describe(
      "How long what a browser encrypts is held back for the worker's commitment; then it passes, without evidence.",
    ),
  LOG_LEVEL: z
    .enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"])
    .default("info")
    .describe("Least severe level that is logged."),
});

export interface RecordingLimits {
  connections: number;
  connectionBytes: number;
  totalBytes: number;
  keepMs: number;
  commitWithinMs: number;
}

export interface AttestorConfig {
  token: string;
  host: string;
  port: number;
  dataDir: string;
  /** PEM; served over plain http without it. */
  tls: { cert: string; key: string } | undefined;
  /** PEM. */
  extraCa: string | undefined;
  devHosts: DevHosts;
  refusedCidrs: readonly RefusedCidr[];
  /** Undefined: any. */
  workflows: ReadonlySet<string> | undefined;
  limits: RecordingLimits;
  logLevel: z.infer<typeof environmentSchema>["LOG_LEVEL"];
}

/** All problems of the environment at once, one line each, each naming its variable. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/** Throws ConfigError. `readText` reads a file; it is a parameter for tests. */
export function loadConfig(
  env: Record<string, string | undefined>,
  readText: (path: string) => string = (path) => readFileSync(path, "utf8"),
): AttestorConfig {
  const problems: string[] = [];
  const read = (name: string, path: string | undefined): string | undefined => {
    if (path === undefined) return undefined;
    try {
      return readText(path);
    } catch {
      problems.push(`${name}: cannot read ${path}`);
      return undefined;
    }
  };
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ""));
  given["ATTESTOR_TOKEN"] ??= read("ATTESTOR_TOKEN_FILE", given["ATTESTOR_TOKEN_FILE"])?.trim();
  const parsed = environmentSchema.safeParse(given, {
    error: (issue) => (issue.input === undefined ? "is required" : undefined),
  });
  for (const issue of parsed.error?.issues ?? []) problems.push(`${issue.path.join(".")}: ${issue.message}`);
  const extraCa = read("EXTRA_CA_FILE", given["EXTRA_CA_FILE"]);
  const cert = read("TLS_CERT_FILE", given["TLS_CERT_FILE"]);
  const key = read("TLS_KEY_FILE", given["TLS_KEY_FILE"]);
  if ((given["TLS_CERT_FILE"] === undefined) !== (given["TLS_KEY_FILE"] === undefined))
    problems.push("TLS_CERT_FILE, TLS_KEY_FILE: give both, or neither");
  if (!parsed.success || problems.length > 0) throw new ConfigError(problems.join("\n"));
  const values = parsed.data;
  return {
    token: values.ATTESTOR_TOKEN,
    host: values.HOST,
    port: values.ATTESTOR_PORT,
    dataDir: values.DATA_DIR,
    tls: cert === undefined || key === undefined ? undefined : { cert, key },
    extraCa,
    devHosts: values.EGRESS_DEV_HOSTS,
    refusedCidrs: values.EGRESS_REFUSED_CIDRS,
    workflows: values.ATTESTOR_WORKFLOWS,
    limits: {
      connections: values.ATTESTOR_CONNECTIONS,
      connectionBytes: values.ATTESTOR_CONNECTION_SIZE * 2 ** 20,
      totalBytes: values.ATTESTOR_MEMORY * 2 ** 20,
      keepMs: values.ATTESTOR_KEEP,
      commitWithinMs: values.ATTESTOR_COMMIT_WITHIN,
    },
    logLevel: values.LOG_LEVEL,
  };
}
