import type { SessionSealKey } from "@attestream/sealed-channel/worker";
import type { BrowserContext } from "playwright";
import type { SlotBrowser } from "../pool/launch-browser.ts";
import type { SessionStream } from "../stream/session-stream.ts";

/** What a viewer who arrives meets. */
export interface Viewing {
  stream: SessionStream;
  sealKey: SessionSealKey;
}

export interface OpenBrowser extends Viewing {
  browser: SlotBrowser;
  context: BrowserContext;
}

/** Where one assigned session stands in this worker. Each state holds what only it may touch. */
export type SessionState =
  /** A browser is being claimed and prepared. */
  | { name: "starting" }
  /** Browser and stream are up; nobody has looked yet. */
  | ({ name: "ready" } & OpenBrowser)
  /** The tree waits for the end user's word, or runs. */
  | ({ name: "running"; tree: AbortController } & OpenBrowser)
  /** The data is reported; the viewer may look on until the API releases the session. */
  | ({ name: "extracted" } & OpenBrowser)
  /** The failure is reported; the browser is gone already. */
  | { name: "failed" }
  | { name: "released" };
