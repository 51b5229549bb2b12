import { once } from "node:events";
import {
  hashPlatform,
  platformDefinitionSchema,
  runTree,
  type PagePort,
  type PlatformDefinition,
  type RunEvents,
} from "@attestream/workflow";
import type { SessionReport } from "@attestream/shared/worker-protocol";
import type { FailedTree, SessionTreeOptions, TreeOutcome, ViewerPort } from "../session/tree-runner.ts";
import { capturesOf } from "./captures-of.ts";
import { openAhead } from "./open-ahead.ts";
import { createPlaywrightPage } from "./playwright-page.ts";
import { waitFor } from "./wait-for.ts";

/**
 * Runs a platform's tree in a session's browser, from the login page to the data. While the user still reads what
 * to agree to, the login page is opened, and nothing is told of it. Every failure is an outcome; rejects only with
 * the signal's reason. Takes control away from the user except while the user is asked, and leaves it taken.
 */
export async function runSessionTree(options: SessionTreeOptions): Promise<TreeOutcome> {
  const { platformHash, page, viewer, report, now, newId, signal } = options;
  signal.throwIfAborted();
  const over = new AbortController();
  const running = AbortSignal.any([signal, over.signal]);
  try {
    const definition = readDefinition(options);
    if ("kind" in definition) {
      await untilAgreed(options);
      return definition;
    }
    const preparing = preparePage(options, definition, running);
    // Awaited below; what it says before nobody hears.
    preparing.catch(() => {});
    await untilAgreed(options);
    viewer.setControl(false);
    report({ type: "tree.loaded", version: definition.version, hash: platformHash });
    const port = await preparing;
    report({ type: "tree.started" });
    const outcome = await runTree({
      definition,
      loginUrl: options.loginUrl,
      page: port,
      clock: { now, wait: waitFor },
      events: toEvents(viewer, report),
      newId,
      ...(options.proofOf ? { proof: options.proofOf(definition) } : {}),
      signal: running,
    });
    if (outcome.kind === "failed")
      return {
        kind: "failed",
        code: outcome.code,
        ...(outcome.message === undefined ? {} : { message: outcome.message }),
      };
    const { extractedData, failedParts } = outcome;
    return {
      kind: "extracted",
      extractedData,
      failedParts,
      workflow: { name: definition.name, version: definition.version, hash: platformHash },
    };
  } catch {
    signal.throwIfAborted();
    // Nothing of the error goes on: Playwright's messages quote the page.
    return { kind: "failed", code: page().isClosed() ? "BROWSER_CRASHED" : "INTERNAL" };
  } finally {
    over.abort();
    viewer.setControl(false);
    viewer.showDeadline(null);
  }
}

async function untilAgreed({ agreed, signal }: SessionTreeOptions): Promise<void> {
  await Promise.race([agreed, once(signal, "abort")]);
  signal.throwIfAborted();
}

/** The outcome, if the workflow is not one that can be run. */
function readDefinition({ platform, platformHash }: SessionTreeOptions): PlatformDefinition | FailedTree {
  const parsed = platformDefinitionSchema.safeParse(platform);
  if (!parsed.success) return { kind: "failed", code: "TREE_INVALID" };
  if (hashPlatform(parsed.data) === platformHash) return parsed.data;
  return {
    kind: "failed",
    code: "TREE_INVALID",
    message: "The platform's workflow is not the one that the session was created for.",
  };
}

/** An address of the session's own may be good for one visit: it waits for the user. */
async function preparePage(
  { context, page, viewer, loginUrl, now }: SessionTreeOptions,
  definition: PlatformDefinition,
  signal: AbortSignal,
): Promise<PagePort> {
  const port = await createPlaywrightPage({
    context,
    page,
    magnification: () => viewer.magnification ?? 1,
    allow: allowedHosts(definition, loginUrl),
    captures: capturesOf(definition),
    now,
    signal,
  });
  return loginUrl === definition.loginUrl ? openAhead(port, loginUrl, { now, signal }) : port;
}

function toEvents(viewer: ViewerPort, report: (report: SessionReport) => void): RunEvents {
  return {
    progressed: (progress) => report({ type: "progress.advanced", progress }),
    challengeRaised(challenge) {
      const { id, kind, method, expiresAt } = challenge;
      report({
        type: "challenge.raised",
        challenge: { id, kind, expiresAt, ...(method === undefined ? {} : { method }) },
      });
      viewer.showChallenge(challenge);
      viewer.setControl(true);
    },
    challengeChanged: (challenge) => viewer.showChallenge(challenge),
    challengeResolved(challengeId) {
      viewer.setControl(false);
      viewer.showChallenge(null);
      report({ type: "challenge.resolved", challengeId });
    },
    collectionStarted: () => report({ type: "collection.started" }),
    deadlineMoved: (deadline) => viewer.showDeadline(deadline),
    onPresence: (listener) => viewer.onPresence(listener),
    onReply: (listener) => viewer.onChallengeReply(listener),
  };
}

/** A custom address was checked by the API; its host joins the list for this session. */
function allowedHosts(definition: PlatformDefinition, loginUrl: string): string[] {
  return definition.allowCustomUrl === true && URL.canParse(loginUrl)
    ? [...definition.allow, new URL(loginUrl).hostname]
    : definition.allow;
}
