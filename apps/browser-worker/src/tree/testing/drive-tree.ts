import { existsSync, readFileSync } from "node:fs";
import type { Challenge } from "@attestream/shared";
import type { SessionReport } from "@attestream/shared/worker-protocol";
import { parsePlatform, type ChallengeReply, type FieldValue, type PlatformDefinition } from "@attestream/workflow";
import { chromium, type Browser, type Page } from "playwright";
import type { TreeOutcome } from "../../session/tree-runner.ts";
import { runSessionTree } from "../run-session-tree.ts";

const platformFile = new URL("../../../../../platforms/demo-bank/platform.yaml", import.meta.url);
const installed = "/usr/lib/chromium/chromium-headless-shell";

/** A bare Chromium that finds bank.demo.test and hosts of another site at this port, and nothing else. The product's own launcher has the sandbox; this test may run as root. */
export async function launchBrowser(port: number): Promise<Browser> {
  const hosts = ["bank.demo.test", "*.other.test"].map((host) => `MAP ${host}:443 127.0.0.1:${port}`);
  return chromium.launch({
    ...(existsSync(installed) ? { executablePath: installed } : {}),
    chromiumSandbox: false,
    args: [`--host-resolver-rules=${[...hosts, "MAP * ~NOTFOUND", "EXCLUDE 127.0.0.1"].join(", ")}`],
  });
}

type Filling = NonNullable<Challenge["filled"]>;

/** What the end user does with a challenge; `earlier` are those before it. */
export type EndUser = (
  page: Page,
  challenge: Challenge,
  earlier: Challenge[],
  reply: (answer?: string | FieldValue[]) => void,
) => Promise<void>;

/** Types into the page, as the streamed input does. Passwords and codes are tried in turn, then the right ones. */
export function userNamed(username: string, tries: { codes?: string[]; passwords?: string[] } = {}): EndUser {
  return async (page, challenge, earlier) => {
    const times = earlier.filter(({ kind }) => kind === challenge.kind).length;
    if (challenge.kind === "login") {
      await page.getByLabel("Username").fill(username);
      await page.getByLabel("Password").fill(tries.passwords?.[times] ?? "pass_good");
      await page.getByRole("button", { name: "Log in" }).click();
    } else if (challenge.kind === "otp") {
      await page.getByLabel("Security code").fill(tries.codes?.[times] ?? "123456");
      await page.getByRole("button", { name: "Verify" }).click();
    } else {
      await page.getByRole("button", { name: "Continue" }).click();
    }
  };
}

export interface DrivenTree {
  outcome: TreeOutcome;
  reports: SessionReport[];
  challenges: Challenge[];
  /** Every word to the viewer on who has control, in order. */
  control: boolean[];
  /** What became of the values that the user gave. */
  fillings: Filling[];
}

/** Runs the demo-bank platform, changed as told, with this end user, in a context of its own. */
export async function driveTree(
  browser: Browser,
  user: EndUser,
  options: {
    change?: (definition: PlatformDefinition) => PlatformDefinition;
    onFilled?: (page: Page, filling: Filling) => Promise<void>;
    /** What goes on while the user reads what to agree to. */
    onReading?: (page: Page, reports: readonly SessionReport[]) => Promise<void>;
    signal?: AbortSignal;
  } = {},
): Promise<DrivenTree> {
  const { definition, hash } = loadPlatform(options.change);
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  const page = await context.newPage();
  const reports: SessionReport[] = [];
  const challenges: Challenge[] = [];
  const control: boolean[] = [];
  const fillings: Filling[] = [];
  const acts: Promise<void>[] = [];
  let listener: ((reply: ChallengeReply) => void) | undefined;
  try {
    const outcome = await runSessionTree({
      agreed: options.onReading?.(page, reports) ?? Promise.resolve(),
      platform: JSON.parse(JSON.stringify(definition)),
      platformHash: hash,
      loginUrl: definition.loginUrl,
      context,
      page: () => page,
      viewer: {
        showChallenge(challenge) {
          if (!challenge) return;
          if (challenge.filled) {
            fillings.push(challenge.filled);
            acts.push(options.onFilled?.(page, challenge.filled) ?? Promise.resolve());
            return;
          }
          const earlier = [...challenges];
          challenges.push(challenge);
          acts.push(
            user(page, challenge, earlier, (answer) =>
              listener?.({
                challengeId: challenge.id,
                ...(typeof answer === "string" ? { choice: answer } : answer ? { values: answer } : {}),
              }),
            ),
          );
        },
        setControl: (enabled) => control.push(enabled),
        showDeadline: () => undefined,
        onPresence: () => () => undefined,
        onChallengeReply(given) {
          listener = given;
          return () => {
            listener = undefined;
          };
        },
      },
      report: (report) => reports.push(report),
      now: () => new Date(),
      newId: () => `challenge-${challenges.length + 1}`,
      signal: options.signal ?? new AbortController().signal,
    });
    await Promise.all(acts);
    return { outcome, reports, challenges, control, fillings };
  } finally {
    await context.close();
  }
}

function loadPlatform(change: (definition: PlatformDefinition) => PlatformDefinition = (same) => same) {
  const parsed = parsePlatform(readFileSync(platformFile, "utf8"), "platform.yaml");
  const changed = parsed.ok ? parsePlatform(JSON.stringify(change(parsed.definition)), "changed.json") : parsed;
  if (!changed.ok) throw new Error(JSON.stringify(changed.problems));
  return changed;
}
