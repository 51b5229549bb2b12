import type { Kysely } from "kysely";
import { publicJwkSchema, type PublicJwk } from "@attestream/attestation";
import type { AttestorAddress } from "@attestream/shared/attestor-protocol";
import type { Log } from "../http/log.ts";
import type { Clock } from "../sessions/clock.ts";
import type { Database } from "../storage/schema.ts";

export interface PresentAttestor {
  url: string;
  /** Empty while it has not been reached. */
  kids: string[];
  isReachable: boolean;
}

export interface AttestorKeys {
  /** Whose evidence is taken now, as a JWKS. Asks attestors anew where the key is not among those known. */
  trusted(kids: readonly string[]): Promise<{ keys: PublicJwk[] }>;
  /** Those, and every key whose evidence was ever taken. */
  published(): Promise<{ keys: PublicJwk[] }>;
  /** Evidence by these keys was taken: they stay published. */
  remember(kids: readonly string[]): Promise<void>;
  present(): PresentAttestor[];
  /** Asks every attestor for its keys, now and then, until the signal. */
  watch(signal: AbortSignal): Promise<void>;
}

const everyMs = 60_000;
const retryMs = 2_000;

/** Knows the attestors' keys: from themselves, pinned or not, and from a file of the operator's. */
export function createAttestorKeys(deps: {
  db: Kysely<Database>;
  attestors: readonly AttestorAddress[];
  /** From the operator's file: these count without asking. */
  pinned: readonly PublicJwk[];
  fetchKeys: (url: string) => Promise<PublicJwk[]>;
  clock: Clock;
  log: Log;
}): AttestorKeys {
  const { db, attestors, pinned, clock, log } = deps;
  const known = new Map<string, { keys: PublicJwk[]; problem: string | null }>();
  let asking: Promise<void> | null = null;

  async function ask({ url, kid }: AttestorAddress): Promise<void> {
    const before = known.get(url);
    try {
      const keys = (await deps.fetchKeys(url)).filter((key) => kid === undefined || key.kid === kid);
      if (keys.length === 0) throw new Error("it does not publish the key that ATTESTORS names");
      known.set(url, { keys, problem: null });
      if (before?.problem !== null) log.info({ attestor: url, kids: keys.map((key) => key.kid) }, "attestor is there");
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      // What it said before still holds: an attestor that is away for a moment does not lose its word.
      known.set(url, { keys: before?.keys ?? [], problem });
      if (before?.problem !== problem)
        log.warn({ attestor: url, problem }, "attestor's keys cannot be had; its evidence is not taken while unknown");
    }
  }

  /** One round at a time: who asks meanwhile waits for it. */
  function askAll(): Promise<void> {
    asking ??= Promise.all(attestors.map(ask)).then(() => void (asking = null));
    return asking;
  }

  function current(): PublicJwk[] {
    return unique([...pinned, ...[...known.values()].flatMap(({ keys }) => keys)]);
  }

  return {
    async trusted(kids) {
      if (kids.some((kid) => !current().some((key) => key.kid === kid))) await askAll();
      return { keys: current() };
    },

    async published() {
      const rows = await db.selectFrom("attestor_keys").select("public_jwk").orderBy("kid").execute();
      return { keys: unique([...current(), ...rows.map((row) => publicJwkSchema.parse(row.public_jwk))]) };
    },

    async remember(kids) {
      const used = current().filter(({ kid }) => kids.includes(kid));
      if (used.length === 0) return;
      await db
        .insertInto("attestor_keys")
        .values(used.map((key) => ({ kid: key.kid, public_jwk: JSON.stringify(key), seen_at: clock.now() })))
        .onConflict((conflict) => conflict.column("kid").doNothing())
        .execute();
    },

    present: () =>
      attestors.map(({ url }) => {
        const { keys, problem } = known.get(url) ?? { keys: [], problem: "" };
        return { url, kids: keys.map(({ kid }) => kid), isReachable: problem === null };
      }),

    async watch(signal) {
      while (!signal.aborted && attestors.length > 0) {
        await askAll();
        const isWhole = [...known.values()].every(({ problem }) => problem === null);
        await clock.sleep(isWhole ? everyMs : retryMs, signal).catch(() => undefined);
      }
    },
  };
}

function unique(keys: readonly PublicJwk[]): PublicJwk[] {
  return [...new Map(keys.map((key) => [key.kid, key])).values()];
}
