export interface FormChoice {
  /** Null: the user has not chosen yet. */
  read(): boolean | null;
  write(open: boolean): void;
}

/** Whether the user wants the page's fields as a form of ours; kept for the session, where the tab's storage can be had. */
export function createFormChoice(sessionId: string, storage: () => Storage): FormChoice {
  const key = `attestream.form.${sessionId}`;
  let held: boolean | null = null;
  return {
    read() {
      if (held !== null) return held;
      try {
        const stored = storage().getItem(key);
        return stored === null ? null : stored === "open";
      } catch {
        return null;
      }
    },
    write(open) {
      held = open;
      try {
        storage().setItem(key, open ? "open" : "closed");
      } catch {
        // kept in memory only
      }
    },
  };
}
