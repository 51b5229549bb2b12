import type { ErrorCode } from "../packages/shared/src/index.ts";

const mine = "With a platform file of your own (see packages/workflow/README.md)";
const onPostgres = "With a PostgreSQL in `DATABASE_URL` and psql:";

/** How to see each code with `npm start` and Demo Bank. Where there is no way, it says so. */
export const errorDemos: Record<ErrorCode, string> = {
  USER_CANCELLED: "Press cancel in the frame.",
  CONSENT_DECLINED: "Decline when the frame asks what you agree to share.",
  USER_ABANDONED: "Start with `VIEWER_GRACE=5s npm start`, log in, and close the tab.",
  USER_ACTION_TIMEOUT: "Wait three minutes at the security code of `user_good`.",
  INVALID_CREDENTIALS:
    "Log in as `user_unknown`. A wrong password that can be tried again is a note in the frame, and the third is LOGIN_ATTEMPTS_EXCEEDED.",
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
  TREE_INVALID: `${mine}: a selector that no browser understands, such as \`css: "main:nonsense"\`. Other faults take the platform out of service, so that no session begins.`,
  TREE_STEP_FAILED: `${mine}: a step that clicks what is not there.`,
  NAVIGATION_BLOCKED: `${mine}: a login page that leads to a host outside of \`allow\`.`,
  EXTRACTION_FAILED: `${mine}: a rule that finds nothing on the page.`,
  SCHEMA_MISMATCH: `${mine}: an \`output\` whose schema the data does not fit.`,
  ATTESTOR_UNAVAILABLE: `${mine}: a part of \`prove\` with \`required: true\`, started with \`ATTESTORS=http://127.0.0.1:9\`, where nobody answers.`,
  ATTESTATION_FAILED: `${onPostgres} verify an account, then spoil the published key and verify another: \`update signing_keys set public_jwk = jsonb_set(public_jwk, '{x}', public_jwk->'y')\`. What partners could not verify is not given out.`,
  ATTESTATION_TIMEOUT: `${onPostgres} lock the keys while you enter the security code: \`begin; lock table signing_keys; select pg_sleep(45); rollback\`.`,
  ATTESTATION_MISMATCH:
    "Not possible without a defect: every attestation is read back and compared with the data before it is given out, and this is what a difference would be called.",
  SESSION_EXPIRED: "Create a session with `expiresInHours` 1 and leave it alone for an hour.",
  IDLE_TIMEOUT: `${mine}: a user's screen without a \`timeout\`, left alone for as long as \`limits.idle\`.`,
  TERMINATED_BY_PARTNER: "`POST /partner/browser-session/:id/terminate`.",
  TERMINATED_BY_OPERATOR: "Not possible yet: it is for the operator's dashboard, which this version does not have.",
  NO_CAPACITY: "Start the API alone with `QUEUE_TIMEOUT=5s npm run api` and open an `embedUrl`: there is no worker.",
  BROWSER_LAUNCH_FAILED:
    'Start with a Chromium that can be taken away: write `#!/bin/sh` and `exec /usr/lib/chromium/chromium-headless-shell "$@"` into an executable file `/tmp/chromium-headless-shell`, start with `POOL_SIZE=0 CHROMIUM_PATH=/tmp/chromium-headless-shell npm start`, delete the file, and verify.',
  BROWSER_CRASHED: "End the session's Chromium with `kill -9` while you are connected.",
  BROWSER_OUT_OF_MEMORY: "Log in as `user_memoryhog`; `BROWSER_MEMORY=512 npm start` makes it quicker.",
  WORKER_LOST: "End the worker's process with `kill -9` while you are connected.",
  INTERNAL: "Not possible without a defect: it is what an error that nothing foresaw is called.",
};
