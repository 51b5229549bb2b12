const mostLines = 3;

/** A browser that did not start, in as many words as help: what it said itself, or how it ended. */
export class BrowserLaunchError extends Error {
  override readonly name = "BrowserLaunchError";

  constructor(path: string, cause: unknown) {
    super(
      `${path} did not start: ${reasonOf(cause)} Run it by hand to see more, or point CHROMIUM_PATH to another Chromium.`,
      { cause },
    );
  }
}

/** Playwright's message is its whole log: flags, pids, clean-up. The browser's own lines are marked in it. */
function reasonOf(cause: unknown): string {
  const lines = cause instanceof Error ? cause.message.split("\n") : [];
  const said = lines.flatMap((line) => /\[pid=\d+\]\[err\] (.+)$/.exec(line)?.[1] ?? []);
  const ended = lines.flatMap((line) => /<process did exit: (.+)>/.exec(line)?.[1] ?? []);
  const reason = said.length > 0 ? [...new Set(said)].slice(0, mostLines) : ended.slice(0, 1);
  return `${reason.join(" / ") || (lines[0] ?? "unknown reason")}.`;
}
