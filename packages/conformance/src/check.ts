import type { Call } from "./client.ts";
import { expectSuccess, NotPossible, type Fields } from "./expect.ts";

export type Ending = "COMPLETED" | "PARTIAL_COMPLETE" | "ERROR" | "CANCELLED";

/** Stands in for end user, worker and browser. Only who runs the installation can give this. */
export interface EndUser {
  /** Leads the session, which was just created, to that end. */
  end(session: { sessionId: string; embedUrl: string }, as: Ending): Promise<void>;
  /** Leads it to where a worker holds it and the user is asked for something. */
  start(session: { sessionId: string; embedUrl: string }): Promise<void>;
}

/** An address that the installation may send webhooks to, and what arrived there. */
export interface WebhookInbox {
  url: string;
  /** The first delivery of that session; rejects when none comes. */
  first(sessionId: string): Promise<{ headers: Record<string, string>; body: Fields }>;
  /** Deliveries of that session so far. */
  count(sessionId: string): number;
}

export interface CheckContext {
  call: Call;
  key: string;
  /** A key of another partner. */
  otherKey: string | undefined;
  /** A key that the checks may rotate away. */
  spareKey: string | undefined;
  endUser: EndUser | undefined;
  inbox: WebhookInbox | undefined;
  /** A platform that this key may use. */
  platformId: number;
}

export interface Check {
  /** Section of the contract. */
  section: string;
  /** What must hold, as a sentence. */
  rule: string;
  /** Uses up the key's limit: comes last, or runs on its own. */
  exhausting?: true;
  run(context: CheckContext): Promise<void>;
}

export function need<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new NotPossible(`needs ${what}`);
  return value;
}

/** A new session; consent is taken as given, so that nobody has to be asked. */
export async function createSession(
  context: CheckContext,
  fields: Fields = {},
): Promise<Fields & { sessionId: string; embedUrl: string }> {
  const answer = await context.call("POST", "/partner/browser-session", {
    body: { platformId: context.platformId, consent: false, ...fields },
  });
  return expectSuccess(answer, 201, 200) as Fields & { sessionId: string; embedUrl: string };
}

export async function getSession(context: CheckContext, sessionId: string): Promise<Fields> {
  return expectSuccess(await context.call("GET", `/partner/browser-session/${sessionId}`)) as Fields;
}
