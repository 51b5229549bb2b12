import type { CryptoWasm } from "@docknetwork/crypto-wasm";

let loaded: Promise<CryptoWasm> | undefined;

/**
 * Seven megabytes and a tenth of a second: loaded when the first key, credential or proof is asked for, and never where
 * nobody asks.
 */
export function loadCryptoWasm(): Promise<CryptoWasm> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<CryptoWasm> {
  const { default: library } = await import("@docknetwork/crypto-wasm");
  await library.initializeWasm();
  return library;
}
