import { isAllowedHost, ownHosts } from "../schema/index.ts";
import { coversScreen } from "./covers.ts";
import type { LintSubject } from "./finding.ts";

/** Screens that never come up: another one is always first, or their host cannot be reached. */
export function checkScreens({ definition, report }: LintSubject): void {
  const { screens, collect, allow } = definition;
  for (const [index, screen] of screens.entries()) {
    // Notes are looked for apart from the others, all of them.
    const first = screens
      .slice(0, index)
      .find((earlier) => earlier.note === undefined && screen.note === undefined && coversScreen(earlier, screen));
    if (first)
      report(
        "shadowed-screen",
        ["screens", index, "when"],
        `${screen.id} never comes up: ${first.id}, which stands before it, matches wherever it does; put ${screen.id} first or narrow ${first.id}`,
      );
  }

  const checkAddress = (path: readonly (string | number)[], address: string | undefined, reachable = allow) => {
    const host = /^https:\/\/([^/:]+)/.exec(address ?? "")?.[1];
    if (host === undefined || host.includes("*") || isAllowedHost(reachable, host)) return;
    const problem = isAllowedHost(allow, host)
      ? `${host} is a preset's: nothing is collected there; name the host itself in allow if it is the platform's`
      : `the browser may not reach ${host}; add it to allow`;
    report("unreachable-host", path, problem);
  };
  const own = ownHosts(allow);
  for (const [index, { when, do: actions }] of screens.entries()) {
    if (typeof when.url === "string") checkAddress(["screens", index, "when", "url"], when.url);
    else
      for (const [at, url] of (when.url?.any ?? []).entries())
        checkAddress(["screens", index, "when", "url", "any", at], url);
    for (const [at, { open }] of (actions ?? []).entries()) checkAddress(["screens", index, "do", at, "open"], open);
  }
  for (const [index, { open, capture }] of collect.entries()) {
    checkAddress(["collect", index, "open"], open, own);
    checkAddress(["collect", index, "capture", "request", "url"], capture?.request.url, own);
  }
}
