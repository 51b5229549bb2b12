import type { ErrorCode } from "@attestream/shared";
import type { Action, Locator } from "../schema/index.ts";

/** What can be told of the page without touching it. */
export interface Observation {
  /** Grows with everything that might change what a screen sees: navigation, DOM, network, settling. */
  revision: number;
  /** Another value for every main document. */
  documentId: string;
  url: string;
  /** No navigation under way, nothing in flight, DOM quiet. */
  settled: boolean;
  /** HTTP status of the main document, null while unknown. */
  status: number | null;
  /** Why the main document could not be loaded, or why there is no page any more. */
  failure: ErrorCode | null;
}

export interface RequestPattern {
  method: string;
  /** As in `when.url`. */
  url?: string | undefined;
  /** A regex that is found in the whole address. */
  match?: string | undefined;
}

export interface CapturedResponse {
  url: string;
  status: number;
  /** Null: larger than what is kept. */
  body: string | null;
}

/** Where one value of a row (or of the page) stands. */
export interface ElementSource {
  css?: string | undefined;
  /** Counted from 1, or the text of the column's header. */
  cell?: number | string | undefined;
  attr?: string | undefined;
}

/** Actions that are the page's own affair; opening and waiting are the runner's. */
export type PageAction = Pick<Action, "click" | "type" | "select" | "press" | "scroll" | "back">;

/**
 * All that the runner knows of a browser. Elements are looked for in every frame and only when
 * visible. No method gives cookies, storage or the value of a field. A method rejects with a
 * TreeFailure, or with the signal's reason.
 */
export interface PagePort {
  observe(): Observation;
  /** Resolves once the revision is greater than the one given. */
  changed(revision: number, signal: AbortSignal): Promise<void>;
  find(locator: Locator): Promise<boolean>;
  /** Visible text of the first match. */
  text(locator: Locator): Promise<string | null>;
  /** The texts of each row, or of the page as the one row. Null: no such element. */
  readElements(rowsCss: string | null, sources: readonly ElementSource[]): Promise<(string | null)[][]>;
  /** The newest response to such a request that came after this revision, from an allowed host. */
  response(request: RequestPattern, afterRevision: number): CapturedResponse | null;
  /** Resolves when the new document is there; null, or why it is not. */
  open(url: string, signal: AbortSignal): Promise<ErrorCode | null>;
  /** Clicks one of the rows that `readElements` gave, counted from 0. False as with `act`. */
  clickRow(rowsCss: string, index: number, signal: AbortSignal): Promise<boolean>;
  /** Types into a field, in the place of what is in it, key by key. False as with `act`; no failure ever says what was typed. */
  enter(at: Locator, text: string, signal: AbortSignal): Promise<boolean>;
  /** False when the element is not there or cannot be acted upon. */
  act(action: PageAction, signal: AbortSignal): Promise<boolean>;
}
