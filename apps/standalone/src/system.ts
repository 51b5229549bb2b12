import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundleCertificates } from "./certificate-bundle.ts";
import { joinLists, partEnvironment } from "./part-environments.ts";
import { reservePort } from "./reserve-port.ts";
import { PartProcess } from "./part-process.ts";

const repository = join(import.meta.dirname, "../../..");

const programs = {
  bank: join(repository, "apps/demo-platform/src/main.ts"),
  attestor: join(repository, "apps/attestor/src/main.ts"),
  api: join(repository, "apps/api/src/main.ts"),
  worker: join(repository, "apps/browser-worker/src/main.ts"),
  partner: join(repository, "examples/partner-express/src/main.ts"),
};

/** The development CA that set-up has made. */
export const certificateFolder = join(repository, ".attestream/dev-ca");

export interface SystemOptions {
  /** Database and keys of this system. */
  dataDir: string;
  /** 0: any free one. */
  ports: { api: number; partner: number; bank: number; worker: number; attestor?: number };
  /** What the operator has set, as in the environment. */
  environment: NodeJS.ProcessEnv;
  signal: AbortSignal;
  onProgress?: (part: string) => void;
}

export interface System {
  apiUrl: string;
  partnerUrl: string;
  bankPort: number;
  /** Key of the demo partner; lives as long as this system. */
  demoApiKey: string;
  /** Only at the very first start on this data folder. */
  firstKey: string | undefined;
  firstWebhookSecret: string | undefined;
  /** No attestor where the operator has named others. */
  parts: Record<Exclude<keyof typeof programs, "attestor">, PartProcess> & { attestor: PartProcess | null };
  /** Starts another worker after the first has ended. */
  startWorker(): Promise<PartProcess>;
  stop(): Promise<void>;
}

/**
 * API, attestor, one worker, Demo Bank and the demo partner, each a process of its own, on loopback. The same
 * programs, talking the same protocols, as in an installation over several machines.
 */
export async function startSystem({ dataDir, ports, environment, signal, onProgress }: SystemOptions): Promise<System> {
  const temporary = await mkdtemp(join(tmpdir(), "attestream-"));
  const started: PartProcess[] = [];
  const start = async (name: keyof typeof programs, own: Record<string, string | undefined>) => {
    onProgress?.(name);
    const part = await PartProcess.start({
      name,
      program: programs[name],
      environment: partEnvironment(name, environment, own),
      signal,
    });
    started.push(part);
    return part;
  };
  const stop = async () => {
    for (const part of started.toReversed()) await part.stop();
    await rm(temporary, { recursive: true, force: true });
  };

  try {
    const workerToken = environment["WORKER_TOKEN"] ?? randomBytes(32).toString("base64url");
    const demoApiKey = environment["DEMO_PARTNER_API_KEY"] ?? `demo_partner_${randomBytes(24).toString("base64url")}`;
    const demoSecret = `whsec_${randomBytes(24).toString("base64")}`;
    // Known before it listens: the API lets its webhooks go there.
    await using reserved = ports.partner ? null : await reservePort();
    const partnerPort = reserved?.port ?? ports.partner;
    const partnerUrl = `http://127.0.0.1:${partnerPort}`;
    const attestors = environment["ATTESTORS"] || undefined;
    await using reservedForAttestor = attestors || ports.attestor ? null : await reservePort();
    const attestorPort = reservedForAttestor?.port ?? ports.attestor ?? 0;
    const attestorUrls = attestors ?? `http://127.0.0.1:${attestorPort}`;
    const attestorToken = environment["ATTESTOR_TOKEN"] ?? randomBytes(32).toString("base64url");
    const extraCaFile = await bundleCertificates(join(temporary, "extra-ca.pem"), [
      join(certificateFolder, "ca.pem"),
      environment["EXTRA_CA_FILE"],
    ]);

    const bank = await start("bank", { PORT: String(ports.bank), CERT_DIR: certificateFolder });
    // Where the worker's browser finds the bank, and the attestor too.
    const devHosts = joinLists(environment["EGRESS_DEV_HOSTS"], `bank.demo.test=127.0.0.1:${bank.ready.port}`);
    await reservedForAttestor?.release();
    const startingAttestor = attestors
      ? null
      : start("attestor", {
          ATTESTOR_PORT: String(attestorPort),
          ATTESTOR_TOKEN: attestorToken,
          DATA_DIR: join(dataDir, "attestor"),
          EXTRA_CA_FILE: extraCaFile,
          EGRESS_DEV_HOSTS: devHosts,
        });
    // Awaited below.
    startingAttestor?.catch(() => {});
    const api = await start("api", {
      ATTESTORS: attestorUrls,
      PORT: String(ports.api),
      DATA_DIR: dataDir,
      WORKER_TOKEN: workerToken,
      EXTRA_CA_FILE: extraCaFile,
      // Who lets the worker run without a sandbox means the API to take it.
      MIN_ISOLATION: environment["MIN_ISOLATION"] ?? (isOn(environment["ALLOW_NO_SANDBOX"]) ? "L0" : undefined),
      WEBHOOK_DEV_HOSTS: joinLists(environment["WEBHOOK_DEV_HOSTS"], `127.0.0.1:${partnerPort}`),
      DEMO_PARTNER_API_KEY: demoApiKey,
      DEMO_PARTNER_WEBHOOK_SECRET: demoSecret,
      DEMO_PARTNER_URL: partnerUrl,
    });
    const attestor = await startingAttestor;
    const apiUrl = `http://localhost:${api.ready.port}`;
    const startWorker = () =>
      start("worker", {
        API_URL: `http://127.0.0.1:${api.ready.port}`,
        WORKER_TOKEN: workerToken,
        WORKER_PORT: String(ports.worker),
        EXTRA_CA_FILE: extraCaFile,
        ATTESTORS: attestorUrls,
        ATTESTOR_TOKEN: attestorToken,
        EGRESS_DEV_HOSTS: devHosts,
      });
    await reserved?.release();
    const [worker, partner] = await Promise.all([
      startWorker(),
      start("partner", {
        PORT: String(partnerPort),
        API_URL: apiUrl,
        API_KEY: demoApiKey,
        WEBHOOK_SECRET: demoSecret,
      }),
    ]);

    return {
      apiUrl,
      partnerUrl,
      bankPort: bank.ready.port,
      demoApiKey,
      firstKey: text(api.ready["firstKey"]),
      firstWebhookSecret: text(api.ready["firstWebhookSecret"]),
      parts: { bank, attestor, api, worker, partner },
      startWorker,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function isOn(flag: string | undefined): boolean {
  return flag === "1" || flag === "true";
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
