import type { ErrorCode } from "../packages/shared/src/index.ts";

const mine = "With a platform file of your own (see packages/workflow/README.md)";
const later = "Nothing produces it yet.";

/** How to see each code with `npm start` and Demo Bank. Where there is no way, it says so. */
export const errorDemos: Record<ErrorCode, string> = {
  USER_CANCELLED: "Press cancel in the frame.",
  CONSENT_DECLINED: "Decline when the frame asks what you agree to share.",
  USER_ABANDONED: "Start with `VIEWER_GRACE=5s npm start`, log in, and close the tab.",
  USER_ACTION_TIMEOUT: "Wait three minutes at the security code of `user_good`.",
  INVALID_CREDENTIALS:
    "The frame shows it as a note at each wrong password. No session of Demo Bank ends with it: the third wrong one is LOGIN_ATTEMPTS_EXCEEDED.",
  ACCOUNT_LOCKED: "Log in as `user_locked`.",
  ACCOUNT_DISABLED: "Log in as `user_closed`.",
  LOGIN_ATTEMPTS_EXCEEDED: "Enter a wrong password three times.",
  PASSWORD_CHANGE_REQUIRED: "Log in as `user_newpass`.",
  UNSUPPORTED_LOGIN_METHOD: `${mine}: a screen with \`fail: UNSUPPORTED_LOGIN_METHOD\`. Demo Bank has none.`,
  MFA_TIMEOUT: "Log in as `user_expired` and enter the first code.",
  MFA_ATTEMPTS_EXCEEDED: "Enter a wrong security code three times.",
  MFA_METHOD_UNSUPPORTED: `${mine}: a screen with \`fail: MFA_METHOD_UNSUPPORTED\`. Demo Bank has none.`,
  PLATFORM_UNAVAILABLE: "Log in as `user_down`.",
  PLATFORM_TIMEOUT: `${mine}: a site that does not answer. Demo Bank always does.`,
  PLATFORM_CHANGED: `${mine}: leave a screen out of it that the site shows.`,
  PLATFORM_BLOCKED: `${mine}: a screen with \`fail: PLATFORM_BLOCKED\`. Demo Bank blocks nobody.`,
  PLATFORM_RATE_LIMITED: `${mine}: a site that answers 429. Demo Bank never does.`,
  NO_ELIGIBLE_ACCOUNT: `${mine}: a screen with \`fail: NO_ELIGIBLE_ACCOUNT\`. Demo Bank has none.`,
  INSUFFICIENT_DATA: `${mine}: a tree that finishes before a part that it must read.`,
  REQUIREMENTS_NOT_MET: `${mine}: a screen with \`fail: REQUIREMENTS_NOT_MET\`. Demo Bank has none.`,
  TREE_INVALID:
    "An invalid platform file takes its platform out of service, so that no session begins. It remains for a file that only the worker finds fault with; the demo has no way.",
  TREE_STEP_FAILED: `${mine}: a step that clicks what is not there.`,
  NAVIGATION_BLOCKED: `${mine}: a login page that leads to a host outside of \`allow\`.`,
  EXTRACTION_FAILED: `${mine}: a rule that finds nothing on the page.`,
  SCHEMA_MISMATCH: `${mine}: an \`output\` whose schema the data does not fit.`,
  ATTESTOR_UNAVAILABLE: `${later} It is for an independent attestor.`,
  ATTESTATION_FAILED: "The demo has no way: signing is local and does not fail. Tests make it fail.",
  ATTESTATION_TIMEOUT: "The demo has no way: signing is local and quick.",
  ATTESTATION_MISMATCH: "The demo has no way: it would take an attestation that differs from the data. Tests make one.",
  SESSION_EXPIRED: "Create a session with `expiresInHours` 1 and leave it alone for an hour.",
  IDLE_TIMEOUT: `${mine}: a user's screen without a \`timeout\`, left alone for as long as \`limits.idle\`.`,
  TERMINATED_BY_PARTNER: "`POST /partner/browser-session/:id/terminate`.",
  TERMINATED_BY_OPERATOR: `${later} It is for an operator's command.`,
  NO_CAPACITY: "Start the API alone with `QUEUE_TIMEOUT=5s npm run api` and open an `embedUrl`: there is no worker.",
  BROWSER_LAUNCH_FAILED: "The demo has no way: a worker that cannot start its browser does not come up.",
  BROWSER_CRASHED: "End the session's Chromium with `kill -9` while you are connected.",
  BROWSER_OUT_OF_MEMORY: later,
  WORKER_LOST: "End the worker's process with `kill -9` while you are connected.",
  INTERNAL: "The demo has no way: it is for defects.",
};
