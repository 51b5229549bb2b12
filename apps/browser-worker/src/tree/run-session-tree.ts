import {
  hashPlatform,
  platformDefinitionSchema,
  runTree,
  type PlatformDefinition,
  type RunEvents,
} from "@attestream/workflow";
import type { SessionReport } from "@attestream/shared/worker-protocol";
import type { SessionTreeOptions, TreeOutcome, ViewerPort } from "../session/tree-runner.ts";
import { capturesOf } from "./captures-of.ts";
import { createPlaywrightPage } from "./playwright-page.ts";
import { waitFor } from "./wait-for.ts";

/**
 * Runs a platform's tree in a session's browser, from the login page to the data. Every failure is an
 * outcome; rejects only with the signal's reason. Takes control away from the user except while the
 * user is asked, and leaves it taken.
 */
export async function runSessionTree(options: SessionTreeOptions): Promise<TreeOutcome> {
  const { platformHash, loginUrl, context, page, viewer, report, now, newId, signal } = options;
  signal.throwIfAborted();
  viewer.setControl(false);
  const parsed = platformDefinitionSchema.safeParse(options.platform);
  if (!parsed.success) return { kind: "failed", code: "TREE_INVALID" };
  const definition = parsed.data;
  if (hashPlatform(definition) !== platformHash)
    return {
      kind: "failed",
      code: "TREE_INVALID",
      message: "The platform's workflow is not the one that the session was created for.",
    };
  report({ type: "tree.loaded", version: definition.version, hash: platformHash });

  const over = new AbortController();
  const running = AbortSignal.any([signal, over.signal]);
  try {
    const port = await createPlaywrightPage({
      context,
      page,
      magnification: () => viewer.magnification ?? 1,
      allow: allowedHosts(definition, loginUrl),
      captures: capturesOf(definition),
      now,
      signal: running,
    });
    report({ type: "tree.started" });
    const outcome = await runTree({
      definition,
      loginUrl,
      page: port,
      clock: { now, wait: waitFor },
      events: toEvents(viewer, report),
      newId,
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
