import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serveSite, type Site } from "../site/serve-site.ts";
import type { SitePage } from "../site/site-page.ts";
import { Victim } from "./victim.ts";

export interface AttackOptions {
  /** Where the product's sources are. */
  root: string;
  /** Of all checks, by name. */
  pages: Readonly<Record<string, SitePage>>;
  /** Fewer of everything: enough to see a hole, not enough to be sure that there is none. */
  quick: boolean;
  progress: (line: string) => void;
  signal: AbortSignal;
}

/** What the checks of one run share. All ends with the run. */
export interface AttackRun extends AsyncDisposable, AttackOptions {
  site: Site;
  /** The one that is asked for lives until one with other settings is asked for: two would share the machine. */
  victim(environment?: Readonly<Record<string, string>>): Promise<Victim>;
  /** One that nothing else has touched or will: the caller disposes of it. */
  ownVictim(environment?: Readonly<Record<string, string>>, root?: string): Promise<Victim>;
}

export async function startAttackRun(options: AttackOptions): Promise<AttackRun> {
  await using undo = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "attestream-attack-"));
  undo.defer(() => rm(folder, { recursive: true, force: true }));
  const site = undo.use(await serveSite(folder, options.pages));
  const life = undo.move();
  let shared: { key: string; started: Promise<Victim> } | undefined;
  let victims = 0;
  const stopShared = async () => {
    await shared?.started.then((victim) => victim[Symbol.asyncDispose]()).catch(() => {});
    shared = undefined;
  };
  life.defer(stopShared);
  const start = (environment: Readonly<Record<string, string>>, root = options.root) => {
    options.signal.throwIfAborted();
    options.progress("  starting the product");
    victims += 1;
    return Victim.start({ root, site, folder: join(folder, `victim-${victims}`), environment });
  };
  return {
    ...options,
    site,
    async victim(environment = {}) {
      const key = JSON.stringify(environment);
      if (shared?.key !== key) {
        await stopShared();
        shared = { key, started: start(environment) };
      }
      return await shared.started;
    },
    async ownVictim(environment = {}, root = options.root) {
      await stopShared();
      return await start(environment, root);
    },
    [Symbol.asyncDispose]: () => life.disposeAsync(),
  };
}
