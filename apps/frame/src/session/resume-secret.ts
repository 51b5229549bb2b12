export interface ResumeSecret {
  read(): string | null;
  write(secret: string): void;
}

/** The tab's proof where cookies are blocked. Storage may be blocked too and throw: then the secret lives as long as the page. */
export function createResumeSecret(sessionId: string, storage: () => Storage): ResumeSecret {
  const key = `attestream.resume.${sessionId}`;
  let held: string | null = null;
  return {
    read() {
      if (held !== null) return held;
      try {
        held = storage().getItem(key);
      } catch {
        held = null;
      }
      return held;
    },
    write(secret) {
      held = secret;
      try {
        storage().setItem(key, secret);
      } catch {
        // kept in memory only
      }
    },
  };
}
