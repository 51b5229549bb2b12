import type { Given, GivenFile } from "./given.ts";

/** Where an issuer publishes what a check needs. Null for an address that a browser should not be led to. */
export function keyAddress(issuer: string | null, keys: "keys" | "bbs-keys"): URL | null {
  const base = issuer === null ? null : URL.parse(issuer);
  const isLocal = base?.hostname === "localhost" || base?.hostname === "127.0.0.1";
  if (!base || (base.protocol !== "https:" && !(base.protocol === "http:" && isLocal))) return null;
  const path = keys === "keys" ? "jwks.json" : "bbs-keys.json";
  return new URL(`${base.pathname.replace(/\/$/, "")}/.well-known/${path}`, base.origin);
}

/** The status list that a proof names, if it lies with its issuer: nobody else is asked. */
function statusAddress(given: Given): URL | null {
  if (given.kind !== "attestation" || given.statusUri === null || given.issuer === null) return null;
  const [list, issuer] = [URL.parse(given.statusUri), URL.parse(given.issuer)];
  return list && issuer && list.origin === issuer.origin ? list : null;
}

/** Gets keys, and the status list where there is one, from the issuer whom the proof names. Sends nothing of the proof. Throws with a sentence for people. */
export async function fetchFromIssuer(address: URL, proof: Given, signal: AbortSignal): Promise<KeptFile[]> {
  const keys = await getText(address, signal);
  const status = statusAddress(proof);
  const list = status === null ? null : await getText(status, signal).catch(() => null);
  return [
    { name: address.href, text: keys },
    ...(status === null || list === null ? [] : [{ name: status.href, text: list }]),
  ];
}

async function getText(address: URL, signal: AbortSignal): Promise<string> {
  const options = { credentials: "omit", referrerPolicy: "no-referrer", redirect: "error", signal } as const;
  const response = await fetch(address, options).catch(() => {
    throw new Error(`${address.host} could not be reached from this page.`);
  });
  if (!response.ok) throw new Error(`${address.host} answered ${response.status}, not its keys.`);
  return response.text();
}

export interface KeptFile {
  name: string;
  text: string;
}

const storeName = "attestream-verifier";

/** Keeps the files in this tab while the page is loaded again with leave to connect to the issuer. */
export function keepForReload(store: Storage, files: readonly GivenFile[]): void {
  store.setItem(storeName, JSON.stringify(files.map(({ name, text }) => ({ name, text }))));
}

/** What was kept, once: it is gone from the tab's store afterwards. */
export function takeKept(store: Storage): KeptFile[] {
  const kept = store.getItem(storeName);
  store.removeItem(storeName);
  try {
    return kept === null ? [] : (JSON.parse(kept) as KeptFile[]);
  } catch {
    return [];
  }
}
