import type { Ticket } from "../tickets/ticket-office.ts";
import type { RecordingLimits } from "../config.ts";
import { Recording } from "./recording.ts";

export interface Recordings {
  /** Null: there are too many. */
  open(ticket: Ticket): Recording | null;
  /** Of this link only: nobody else's. */
  find(id: string, link: string): Recording | null;
  forget(recording: Recording): void;
  forgetSession(session: string, link: string): void;
  forgetLink(link: string): void;
  readonly count: number;
  close(): void;
}

/** All that is remembered of connections, within bounds of number, size and time. */
export function createRecordings(limits: RecordingLimits, now: () => Date): Recordings {
  const kept = new Map<string, Recording>();
  let bytes = 0;
  const budget = {
    take(amount: number) {
      if (bytes + amount > limits.totalBytes) return false;
      bytes += amount;
      return true;
    },
    giveBack(amount: number) {
      bytes -= amount;
    },
  };
  const forget = (recording: Recording) => {
    kept.delete(recording.id);
    recording.forget();
  };
  const forgetAll = (fits: (recording: Recording) => boolean) => {
    for (const recording of kept.values()) if (fits(recording)) forget(recording);
  };
  const sweep = () => {
    const oldest = now().getTime() - limits.keepMs;
    forgetAll(({ openedAt }) => openedAt.getTime() <= oldest);
  };
  const timer = setInterval(sweep, Math.min(limits.keepMs, 10_000)).unref();

  return {
    get count() {
      return kept.size;
    },
    open({ connection, link, session, host }) {
      sweep();
      if (kept.size >= limits.connections) return null;
      const own = { id: connection, link, session, host, openedAt: now() };
      const recording = new Recording({ ...own, mostBytes: limits.connectionBytes, budget });
      kept.set(connection, recording);
      return recording;
    },
    find(id, link) {
      const recording = kept.get(id);
      return recording?.link === link ? recording : null;
    },
    forget,
    forgetSession: (session, link) =>
      forgetAll((recording) => recording.link === link && recording.session === session),
    forgetLink: (link) => forgetAll((recording) => recording.link === link),
    close() {
      clearInterval(timer);
      forgetAll(() => true);
    },
  };
}
