import type { DemoUser } from "./demo-users.ts";

/** How far a visitor has come: not at all, knows the password (maybe must change it or answer a question), is in. */
export type Stage = "visitor" | "new-password" | "question" | "code" | "inside";

export interface Visit {
  readonly id: string;
  /** Every form carries it; a form without it is refused. */
  readonly formToken: string;
  stage: Stage;
  user: DemoUser | null;
  /** Shown once on the next page. */
  notice: string | null;
  code: { sentAt: Date; expired: boolean; wrong: number } | null;
  offerDismissed: boolean;
  surveyDone: boolean;
  wrongAnswers: number;
  /** Index of the account that was chosen, for those who must. */
  account: number | null;
  seenAt: Date;
}

const idleMs = 15 * 60_000;
const maxVisits = 5_000;

export interface Visits {
  /** Undefined when there is none, or it has been idle for too long. */
  find(id: string): Visit | undefined;
  create(): Visit;
  /** The same visit under a new id, so that an id known from before logging in is worth nothing after. */
  renew(visit: Visit): Visit;
  end(visit: Visit): void;
}

/** Who is at the bank's site. In memory only: a restart logs everybody out. */
export function createVisits(options: { clock: () => Date; randomId: () => string }): Visits {
  // Ordered from least to most recently seen, so that the first is the one to drop.
  const visits = new Map<string, Visit>();

  function keep(visit: Visit): Visit {
    visits.delete(visit.id);
    visits.set(visit.id, visit);
    for (const id of visits.keys()) {
      if (visits.size <= maxVisits) break;
      visits.delete(id);
    }
    return visit;
  }

  return {
    find(id) {
      const visit = visits.get(id);
      if (!visit) return undefined;
      const now = options.clock();
      if (now.getTime() - visit.seenAt.getTime() > idleMs) {
        visits.delete(id);
        return undefined;
      }
      visit.seenAt = now;
      return keep(visit);
    },
    create: () =>
      keep({
        id: options.randomId(),
        formToken: options.randomId(),
        stage: "visitor",
        user: null,
        notice: null,
        code: null,
        offerDismissed: false,
        surveyDone: false,
        wrongAnswers: 0,
        account: null,
        seenAt: options.clock(),
      }),
    renew(visit) {
      visits.delete(visit.id);
      return keep({ ...visit, id: options.randomId(), formToken: options.randomId() });
    },
    end(visit) {
      visits.delete(visit.id);
    },
  };
}
