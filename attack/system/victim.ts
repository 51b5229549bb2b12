import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { BareViewer } from "@attestream/bench/bare-viewer";
import { createClient } from "@attestream/sdk";
import type { System, startSystem } from "@attestream/standalone/system";
import { platformName, siteHost } from "../site/site-page.ts";
import type { Site } from "../site/serve-site.ts";

export interface VictimOptions {
  /** Where the product's sources are: the repository, or a copy with a hole in it. */
  root: string;
  site: Site;
  /** Data and database, a new folder of its own. */
  folder: string;
  environment: Readonly<Record<string, string>>;
}

/** A busy machine takes its time. */
const startWithinMs = 300_000;

/** The product as `npm start` runs it, with two partners and the pages that attack. Nothing in it knows that it is attacked. */
export class Victim implements AsyncDisposable {
  readonly system: System;
  /** Of two partners; neither may see what is the other's. */
  readonly keys: readonly [string, string];
  readonly client: ReturnType<typeof createClient>;
  /** Database, keys. */
  readonly dataDir: string;
  readonly workerToken: string;
  readonly #platforms: Map<string, number>;

  private constructor(
    system: System,
    keys: readonly [string, string],
    own: { dataDir: string; workerToken: string },
    client: ReturnType<typeof createClient>,
    platforms: Map<string, number>,
  ) {
    this.system = system;
    this.keys = keys;
    this.dataDir = own.dataDir;
    this.workerToken = own.workerToken;
    this.client = client;
    this.#platforms = platforms;
  }

  static async start({ root, site, folder, environment }: VictimOptions): Promise<Victim> {
    await mkdir(folder, { recursive: true });
    const dataDir = join(folder, "data");
    const workerToken = `attack-worker-token-${crypto.randomUUID()}`;
    const otherKey = `attack-key-of-another-partner-${crypto.randomUUID()}`;
    const product = (await import(pathToFileURL(join(root, "apps/standalone/src/system.ts")).href)) as {
      startSystem: typeof startSystem;
    };
    const system = await product.startSystem({
      dataDir,
      ports: { api: 0, partner: 0, bank: 0, worker: 0 },
      environment: {
        ...process.env,
        LOG_LEVEL: process.env["LOG_LEVEL"] ?? "silent",
        POOL_SIZE: "0",
        WORKER_CAPACITY: "10",
        WORKER_TOKEN: workerToken,
        BOOTSTRAP_API_KEY: otherKey,
        // What is attacked is what the limits protect.
        RATE_LIMIT_REQUESTS: "10000000",
        RATE_LIMIT_CREATES: "10000000",
        PLATFORMS_DIRS: site.platformsDir,
        EXTRA_CA_FILE: site.caFile,
        EGRESS_DEV_HOSTS: `${siteHost}=127.0.0.1:${site.port}`,
        ...environment,
      },
      signal: AbortSignal.timeout(startWithinMs),
    });
    try {
      const client = createClient({ baseUrl: system.apiUrl, apiKey: system.demoApiKey });
      const platforms = new Map((await client.platforms()).map(({ name, id }) => [name, id]));
      return new Victim(system, [system.demoApiKey, otherKey], { dataDir, workerToken }, client, platforms);
    } catch (error) {
      await system.stop();
      throw error;
    }
  }

  get apiPid(): number {
    return Number(this.system.parts.api.pid);
  }

  /** The worker and all that it has started: its threads, its browsers. */
  get workerPid(): number {
    return Number(this.system.parts.worker.pid);
  }

  /** With consent asked before, so that the page opens at once. */
  async createSession(page: string): Promise<{ sessionId: string; embedUrl: string }> {
    const platformId = this.#platforms.get(platformName(page));
    if (platformId === undefined) throw new Error(`the platform of the page "${page}" was not loaded`);
    return await this.client.createSession({ platformId, consent: false });
  }

  /** A session whose page is shown, and somebody who looks at it. */
  async open(page: string): Promise<{ sessionId: string; viewer: BareViewer }> {
    const { sessionId, embedUrl } = await this.createSession(page);
    return { sessionId, viewer: await BareViewer.open(embedUrl) };
  }

  async end(sessionId: string): Promise<void> {
    await this.client.terminate(sessionId).catch(() => {});
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.system.stop();
  }
}
