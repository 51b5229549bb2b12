/** What every program may see of the machine. */
const machine = [
  "PATH",
  "HOME",
  "LANG",
  "TMPDIR",
  "TZ",
  "NODE_EXTRA_CA_CERTS",
  "NODE_COMPILE_CACHE",
  "LOG_LEVEL",
] as const;

/**
 * The settings that each part is given of those the operator has set. A part is given no more than it
 * reads: a worker holds no database credentials, the demo partner no worker token.
 */
const settings = {
  api: [
    ...machine,
    "HOST",
    "DATABASE_URL",
    "MASTER_KEY",
    "ENCRYPTION_KEY",
    "ENCRYPTION_KEY_FILE",
    "ENCRYPTION_KEYS_OLD",
    "ENCRYPTION_KEYS_OLD_FILE",
    "ALLOWED_HOSTS",
    "MAX_CONNECTIONS",
    "PUBLIC_URL",
    "FRAME_ORIGIN",
    "STREAM_ORIGIN",
    "BOOTSTRAP_API_KEY",
    "PLATFORMS_DIRS",
    "WEBHOOK_DEV_HOSTS",
    "EGRESS_DEV_HOSTS",
    "EGRESS_REFUSED_CIDRS",
    "ATTESTOR_KEYS_FILE",
    "DATA_RETENTION",
    "TRUST_PROXY",
    "PARTNER_QUOTA",
    "RATE_LIMIT_REQUESTS",
    "RATE_LIMIT_CREATES",
    "RATE_LIMIT_WEBHOOKS",
    "READY_HOLD",
    "VIEWER_GRACE",
    "QUEUE_TIMEOUT",
  ],
  worker: [
    ...machine,
    "WORKER_CAPACITY",
    "POOL_SIZE",
    "POOL_MAX_AGE",
    "CHROMIUM_PATH",
    "RUNTIME_DIR",
    "LAUNCH_TIMEOUT",
    "BROWSER_MEMORY",
    "BROWSER_DISK",
    "MIN_ISOLATION",
    "ALLOW_NO_SANDBOX",
    "EGRESS_DEV_HOSTS",
    "EGRESS_REFUSED_CIDRS",
    "EGRESS_UPSTREAMS",
    "EGRESS_UPSTREAMS_FILE",
    "EGRESS_GATEWAY",
    "EGRESS_GATEWAY_FILE",
    "EGRESS_CONNECTIONS",
    "EGRESS_CONNECTIONS_PER_SECOND",
    "EGRESS_BANDWIDTH",
    "EGRESS_TRAFFIC",
    "EGRESS_IDLE",
  ],
  attestor: [
    ...machine,
    "EGRESS_REFUSED_CIDRS",
    "ATTESTOR_WORKFLOWS",
    "ATTESTOR_CONNECTIONS",
    "ATTESTOR_CONNECTION_SIZE",
    "ATTESTOR_MEMORY",
    "ATTESTOR_KEEP",
    "ATTESTOR_COMMIT_WITHIN",
  ],
  bank: machine,
  partner: [...machine, "FRAME_ORIGIN"],
} as const;

export type PartName = keyof typeof settings;

/** `own` are the settings that the standalone decides for this part; they win. */
export function partEnvironment(
  part: PartName,
  environment: NodeJS.ProcessEnv,
  own: Record<string, string | undefined>,
): Record<string, string | undefined> {
  return { ...Object.fromEntries(settings[part].map((name) => [name, environment[name]])), ...own };
}

/** Joins comma lists, leaving out what is not set. */
export function joinLists(...lists: (string | undefined)[]): string {
  return lists.filter((list) => list !== undefined && list.trim() !== "").join(",");
}
