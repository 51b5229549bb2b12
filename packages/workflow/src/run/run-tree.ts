import type { ErrorCode, ExtractedData } from "@attestream/shared";
import { findMisfits } from "../output/index.ts";
import type { Part, PlatformDefinition } from "../schema/index.ts";
import { abortable, type Clock } from "./clock.ts";
import { collectPart } from "./collect-part.ts";
import type { RunEvents } from "./events.ts";
import { createGuide } from "./guide.ts";
import type { PagePort } from "./page-port.ts";
import type { ProofPort, ReadPart } from "./proof-port.ts";
import { createProgress } from "./progress.ts";
import { limitsOf, type RunContext } from "./run-context.ts";
import { TreeFailure } from "./tree-failure.ts";

export type RunOutcome =
  | {
      kind: "extracted";
      extractedData: ExtractedData;
      failedParts: { part: string; code: ErrorCode }[];
      visited: string[];
      noted: string[];
    }
  | { kind: "failed"; code: ErrorCode; message?: string; visited: string[]; noted: string[] };

export interface RunOptions {
  definition: PlatformDefinition;
  /** Where to begin: the tree's own loginUrl, or the session's custom one. */
  loginUrl: string;
  page: PagePort;
  clock: Clock;
  events: RunEvents;
  newId: () => string;
  /** Without one nothing is proved, and nobody told. */
  proof?: ProofPort;
  signal: AbortSignal;
}

/**
 * Runs a tree to its outcome. Rejects only with the signal's reason, or on a bug. What the end user
 * types goes to the page past this code, or through it where a form in the frame stands for the page's;
 * it is neither read nor kept here.
 */
export async function runTree(options: RunOptions): Promise<RunOutcome> {
  const { definition, loginUrl, page, clock, events, newId } = options;
  const visited: string[] = [];
  const noted: string[] = [];
  const progress = createProgress(definition, (to) => events.progressed(to));
  const { totalMs } = limitsOf(definition);
  const endsAt = new Date(clock.now().getTime() + totalMs);
  const context: RunContext = { definition, page, clock, events, newId, progress, endsAt, visited, noted };
  const over = new AbortController();
  const signal = AbortSignal.any([options.signal, over.signal]);
  clock.wait(totalMs, signal).then(
    () => over.abort(new TreeFailure("SESSION_EXPIRED", "The tree's total time ran out.")),
    () => undefined,
  );
  try {
    options.signal.throwIfAborted();
    const guide = createGuide(context, signal);
    events.deadlineMoved({ kind: "total", at: endsAt });
    progress.started();
    await guide.open(loginUrl);
    const next = await guide.reach({
      reached: async ({ screen }) =>
        screen?.then ? ("collect" as const) : screen?.finish ? ("finish" as const) : null,
    });
    const extractedData: ExtractedData = {};
    const failedParts: { part: string; code: ErrorCode }[] = [];
    if (next === "collect") events.collectionStarted();
    for (const part of definition.collect) {
      const proof = definition.prove?.some(({ from }) => from === part.id) ? options.proof : undefined;
      let read: ReadPart | null = null;
      try {
        if (next === "finish") throw new TreeFailure("INSUFFICIENT_DATA");
        if (proof) await abortable(signal, proof.begin(part.id));
        read = await collectPart(part, context, guide);
        Object.assign(extractedData, read.fields);
      } catch (error) {
        // A lost page or the end of the time is not this part's own failure.
        if (
          !(error instanceof TreeFailure) ||
          part.optional !== true ||
          signal.aborted ||
          page.observe().failure === "BROWSER_CRASHED"
        )
          throw error;
        failedParts.push({ part: part.id, code: error.code });
      }
      // Not the part's own failure either, be it optional or not.
      if (proof) await abortable(signal, proof.end(part.id, read));
      progress.finishedPart(part.id);
    }
    const failed = definition.collect.filter(({ id }) => failedParts.some(({ part }) => part === id));
    checkForm(definition, extractedData, failed);
    return { kind: "extracted", extractedData, failedParts, visited, noted };
  } catch (thrown) {
    options.signal.throwIfAborted();
    // A wait that was cut off may reject with its own abort error: the limit is the reason.
    const error: unknown = over.signal.aborted ? over.signal.reason : thrown;
    if (!(error instanceof TreeFailure)) throw error;
    return {
      kind: "failed",
      code: error.code,
      visited,
      noted,
      ...(error.message === "" ? {} : { message: error.message }),
    };
  } finally {
    over.abort(new DOMException("the tree has ended", "AbortError"));
  }
}

/** What the platform promises is what the partner gets, or nothing. */
function checkForm({ output }: PlatformDefinition, data: ExtractedData, failed: readonly Part[]): void {
  if (output === undefined) return;
  const missing = failed.flatMap((part) => [...Object.keys(part.read ?? {}), ...(part.table ? [part.id] : [])]);
  const misfits = findMisfits(output, data, new Set(missing));
  if (misfits.length > 0)
    throw new TreeFailure("SCHEMA_MISMATCH", `The data does not fit ${output}: ${misfits.slice(0, 10).join(", ")}.`);
}
