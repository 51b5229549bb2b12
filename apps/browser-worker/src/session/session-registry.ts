import type { DownMessage, EgressReport, SessionReport } from "@attestream/shared/worker-protocol";
import { Session, type SessionOptions } from "./session.ts";
import type { Viewing } from "./session-state.ts";

export interface SessionRegistryOptions extends Omit<SessionOptions, "assignment" | "report"> {
  report: (sessionId: string, epoch: number, report: SessionReport) => void;
  onReleased: (sessionId: string, epoch: number, egress?: EgressReport) => void;
  onEmpty: () => void;
}

type SessionCommand = Extract<DownMessage, { type: "assign" | "tree.start" | "release" }>;

/** The sessions that live in this worker, by id. Carries out the API's commands; a command of an older epoch is void. */
export class SessionRegistry {
  readonly #options: SessionRegistryOptions;
  readonly #sessions = new Map<string, Session>();
  readonly #leaving = new Map<Session, Promise<void>>();

  constructor(options: SessionRegistryOptions) {
    this.#options = options;
  }

  /** With those that are being cleaned up: their slots are not free yet. */
  get held(): { sessionId: string; epoch: number }[] {
    return [...this.#sessions.values(), ...this.#leaving.keys()].map(({ id, epoch }) => ({ sessionId: id, epoch }));
  }

  findViewing(sessionId: string, epoch: number): Viewing | null {
    const session = this.#sessions.get(sessionId);
    return session?.epoch === epoch ? session.viewing : null;
  }

  obey(command: SessionCommand): void {
    const session = this.#sessions.get(command.sessionId);
    switch (command.type) {
      case "assign":
        if (session && session.epoch >= command.epoch) return;
        // A newer epoch: the API has given up on what this worker holds.
        if (session) this.#release(session, "fenced");
        return this.#assign(command);
      case "tree.start":
        if (session?.epoch === command.epoch) session.startTree();
        return;
      case "release":
        if (session?.epoch === command.epoch) this.#release(session, command.reason);
        // Not here any more, for instance because the answer was lost: say again that it is gone.
        else if (!this.held.some(({ sessionId, epoch }) => sessionId === command.sessionId && epoch === command.epoch))
          this.#options.onReleased(command.sessionId, command.epoch);
    }
  }

  async releaseAll(): Promise<void> {
    for (const session of this.#sessions.values()) this.#release(session, "stopping");
    await Promise.all(this.#leaving.values());
  }

  #assign(command: Extract<SessionCommand, { type: "assign" }>): void {
    const { sessionId, epoch } = command;
    const session = new Session({
      ...this.#options,
      log: this.#options.log.child({ sessionId }),
      assignment: command,
      report: (report) => this.#options.report(sessionId, epoch, report),
    });
    this.#sessions.set(sessionId, session);
    session.start();
  }

  #release(session: Session, reason: Parameters<Session["release"]>[0]): void {
    this.#sessions.delete(session.id);
    const done = session.release(reason).finally(() => {
      this.#leaving.delete(session);
      this.#options.onReleased(session.id, session.epoch, session.egress);
      if (this.held.length === 0) this.#options.onEmpty();
    });
    this.#leaving.set(session, done);
  }
}
