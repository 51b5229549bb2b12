import { z } from "zod";
import type { TerminalStatus } from "./statuses.ts";

export type ErrorCategory =
  | "USER"
  | "AUTH"
  | "MFA"
  | "PLATFORM"
  | "ACCOUNT"
  | "TREE"
  | "ATTESTATION"
  | "SESSION"
  | "SYSTEM";

/** Who can do something about it. */
export type Actor = "end-user" | "partner" | "operator" | "platform-author" | "nobody";

export interface ErrorCodeEntry {
  category: ErrorCategory;
  /** True when a new session has a fair chance without anything being changed. */
  retriable: boolean;
  actor: Actor;
  endsAs: TerminalStatus;
  /** Shown to partners and end users; never contains anything of the session's own data. */
  message: string;
}

/**
 * Every reason for which a session can end other than COMPLETED. Closed and append-only: partners
 * branch on these names. On ERROR the code is `errorCode`; on the others it is `statusReason.code`.
 */
export const errorCodes = {
  USER_CANCELLED: {
    category: "USER",
    retriable: true,
    actor: "end-user",
    endsAs: "CANCELLED",
    message: "The user cancelled the verification.",
  },
  CONSENT_DECLINED: {
    category: "USER",
    retriable: true,
    actor: "end-user",
    endsAs: "CANCELLED",
    message: "The user did not agree to share the requested data.",
  },
  USER_ABANDONED: {
    category: "USER",
    retriable: true,
    actor: "end-user",
    endsAs: "TERMINATED",
    message: "The user left and did not come back in time.",
  },
  USER_ACTION_TIMEOUT: {
    category: "USER",
    retriable: true,
    actor: "end-user",
    endsAs: "TERMINATED",
    message: "The user did not answer in time.",
  },

  INVALID_CREDENTIALS: {
    category: "AUTH",
    retriable: true,
    actor: "end-user",
    endsAs: "ERROR",
    message: "The platform did not accept the credentials.",
  },
  ACCOUNT_LOCKED: {
    category: "AUTH",
    retriable: false,
    actor: "end-user",
    endsAs: "ERROR",
    message: "The platform says that the account is locked.",
  },
  ACCOUNT_DISABLED: {
    category: "AUTH",
    retriable: false,
    actor: "end-user",
    endsAs: "ERROR",
    message: "The platform says that the account is disabled.",
  },
  LOGIN_ATTEMPTS_EXCEEDED: {
    category: "AUTH",
    retriable: true,
    actor: "end-user",
    endsAs: "ERROR",
    message: "Too many failed attempts to log in.",
  },
  PASSWORD_CHANGE_REQUIRED: {
    category: "AUTH",
    retriable: false,
    actor: "end-user",
    endsAs: "ERROR",
    message: "The platform asks for a new password before it lets the user in.",
  },
  UNSUPPORTED_LOGIN_METHOD: {
    category: "AUTH",
    retriable: false,
    actor: "end-user",
    endsAs: "ERROR",
    message: "This way of logging in is not supported.",
  },

  MFA_TIMEOUT: {
    category: "MFA",
    retriable: true,
    actor: "end-user",
    endsAs: "ERROR",
    message: "The platform's code expired.",
  },
  MFA_ATTEMPTS_EXCEEDED: {
    category: "MFA",
    retriable: true,
    actor: "end-user",
    endsAs: "ERROR",
    message: "Too many wrong codes.",
  },
  MFA_METHOD_UNSUPPORTED: {
    category: "MFA",
    retriable: false,
    actor: "end-user",
    endsAs: "ERROR",
    message: "This second factor is not supported.",
  },

  PLATFORM_UNAVAILABLE: {
    category: "PLATFORM",
    retriable: true,
    actor: "nobody",
    endsAs: "ERROR",
    message: "The platform could not be reached.",
  },
  PLATFORM_TIMEOUT: {
    category: "PLATFORM",
    retriable: true,
    actor: "nobody",
    endsAs: "ERROR",
    message: "The platform took too long to answer.",
  },
  PLATFORM_CHANGED: {
    category: "PLATFORM",
    retriable: false,
    actor: "platform-author",
    endsAs: "ERROR",
    message: "The platform shows a page that the workflow does not know.",
  },
  PLATFORM_BLOCKED: {
    category: "PLATFORM",
    retriable: true,
    actor: "operator",
    endsAs: "ERROR",
    message: "The platform refused the connection.",
  },
  PLATFORM_RATE_LIMITED: {
    category: "PLATFORM",
    retriable: true,
    actor: "nobody",
    endsAs: "ERROR",
    message: "The platform asked to slow down.",
  },

  NO_ELIGIBLE_ACCOUNT: {
    category: "ACCOUNT",
    retriable: false,
    actor: "end-user",
    endsAs: "ERROR",
    message: "No account fits the request.",
  },
  INSUFFICIENT_DATA: {
    category: "ACCOUNT",
    retriable: false,
    actor: "end-user",
    endsAs: "ERROR",
    message: "The account does not hold the requested data.",
  },
  REQUIREMENTS_NOT_MET: {
    category: "ACCOUNT",
    retriable: false,
    actor: "end-user",
    endsAs: "ERROR",
    message: "The account does not meet the requirements.",
  },

  TREE_INVALID: {
    category: "TREE",
    retriable: false,
    actor: "platform-author",
    endsAs: "ERROR",
    message: "The platform's workflow is not valid.",
  },
  TREE_STEP_FAILED: {
    category: "TREE",
    retriable: true,
    actor: "platform-author",
    endsAs: "ERROR",
    message: "A step of the platform's workflow failed.",
  },
  NAVIGATION_BLOCKED: {
    category: "TREE",
    retriable: false,
    actor: "platform-author",
    endsAs: "ERROR",
    message: "The page led to an address that this platform may not open.",
  },
  EXTRACTION_FAILED: {
    category: "TREE",
    retriable: true,
    actor: "platform-author",
    endsAs: "ERROR",
    message: "The account data could not be read.",
  },
  SCHEMA_MISMATCH: {
    category: "TREE",
    retriable: false,
    actor: "platform-author",
    endsAs: "ERROR",
    message: "The account data does not have the expected form.",
  },

  ATTESTOR_UNAVAILABLE: {
    category: "ATTESTATION",
    retriable: true,
    actor: "operator",
    endsAs: "PARTIAL_COMPLETE",
    message: "The attestor could not be reached.",
  },
  ATTESTATION_FAILED: {
    category: "ATTESTATION",
    retriable: true,
    actor: "operator",
    endsAs: "PARTIAL_COMPLETE",
    message: "The data could not be attested.",
  },
  ATTESTATION_TIMEOUT: {
    category: "ATTESTATION",
    retriable: true,
    actor: "operator",
    endsAs: "PARTIAL_COMPLETE",
    message: "Attesting the data took too long.",
  },
  ATTESTATION_MISMATCH: {
    category: "ATTESTATION",
    retriable: false,
    actor: "operator",
    endsAs: "ERROR",
    message: "The attested data differs from the extracted data.",
  },

  SESSION_EXPIRED: {
    category: "SESSION",
    retriable: true,
    actor: "partner",
    endsAs: "TERMINATED",
    message: "The session's time ran out.",
  },
  IDLE_TIMEOUT: {
    category: "SESSION",
    retriable: true,
    actor: "end-user",
    endsAs: "TERMINATED",
    message: "Nothing happened for too long.",
  },
  TERMINATED_BY_PARTNER: {
    category: "SESSION",
    retriable: true,
    actor: "partner",
    endsAs: "TERMINATED",
    message: "The partner ended the session.",
  },
  TERMINATED_BY_OPERATOR: {
    category: "SESSION",
    retriable: true,
    actor: "operator",
    endsAs: "TERMINATED",
    message: "The operator ended the session.",
  },

  NO_CAPACITY: {
    category: "SYSTEM",
    retriable: true,
    actor: "operator",
    endsAs: "ERROR",
    message: "No browser became free in time.",
  },
  BROWSER_LAUNCH_FAILED: {
    category: "SYSTEM",
    retriable: true,
    actor: "operator",
    endsAs: "ERROR",
    message: "The browser could not be started.",
  },
  BROWSER_CRASHED: {
    category: "SYSTEM",
    retriable: true,
    actor: "operator",
    endsAs: "ERROR",
    message: "The browser stopped working.",
  },
  BROWSER_OUT_OF_MEMORY: {
    category: "SYSTEM",
    retriable: true,
    actor: "operator",
    endsAs: "ERROR",
    message: "The browser ran out of memory.",
  },
  WORKER_LOST: {
    category: "SYSTEM",
    retriable: true,
    actor: "operator",
    endsAs: "ERROR",
    message: "The machine that ran the browser was lost.",
  },
  INTERNAL: {
    category: "SYSTEM",
    retriable: true,
    actor: "operator",
    endsAs: "ERROR",
    message: "Something went wrong on our side.",
  },
} as const satisfies Record<string, ErrorCodeEntry>;

export type ErrorCode = keyof typeof errorCodes;

export const errorCodeNames = Object.keys(errorCodes) as [ErrorCode, ...ErrorCode[]];

export const errorCodeSchema = z.enum(errorCodeNames);
