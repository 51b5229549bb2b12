import type { SessionReport, UpMessage } from "@attestream/shared/worker-protocol";

export type ReportMessage = Extract<UpMessage, { type: "report" }>;

const mostPerSession = 500;

/**
 * Reports that the API has not acknowledged, in the order in which they happened. Numbers them per
 * (session, epoch). Bounded: a session that reports without end loses its newest progress, never its
 * outcome. Knows nothing of sockets.
 */
export class ReportBuffer {
  readonly #sessions = new Map<string, { lastSeq: number; waiting: ReportMessage[] }>();
  #order: ReportMessage[] = [];
  readonly #now: () => Date;

  constructor(now: () => Date) {
    this.#now = now;
  }

  /** The message to send, or null when it had to be dropped. */
  add(sessionId: string, epoch: number, report: SessionReport): ReportMessage | null {
    const key = `${sessionId} ${epoch}`;
    const session = this.#sessions.get(key) ?? { lastSeq: 0, waiting: [] };
    this.#sessions.set(key, session);
    const isOutcome = report.type === "data.extracted" || report.type === "session.failed";
    if (session.waiting.length >= mostPerSession && !isOutcome) return null;
    session.lastSeq += 1;
    const message: ReportMessage = {
      type: "report",
      sessionId,
      epoch,
      seq: session.lastSeq,
      at: this.#now().toISOString(),
      report,
    };
    session.waiting.push(message);
    this.#order.push(message);
    return message;
  }

  /** Reports are taken in order, so an acknowledgement covers all before it. */
  acknowledge(sessionId: string, epoch: number, seq: number): void {
    const session = this.#sessions.get(`${sessionId} ${epoch}`);
    if (!session) return;
    const acknowledged = new Set(session.waiting.filter((message) => message.seq <= seq));
    session.waiting = session.waiting.filter((message) => message.seq > seq);
    this.#order = this.#order.filter((message) => !acknowledged.has(message));
  }

  /** The session is over and the API knows: nothing of it is sent again. */
  forget(sessionId: string, epoch: number): void {
    this.acknowledge(sessionId, epoch, Number.MAX_SAFE_INTEGER);
    this.#sessions.delete(`${sessionId} ${epoch}`);
  }

  /** Everything to send again after the link came back. */
  unacknowledged(): readonly ReportMessage[] {
    return this.#order;
  }
}
