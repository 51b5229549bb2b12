import type { ErrorCode } from "@attestream/shared";
import type { PagePort } from "@attestream/workflow";

/** Older than this, a login page may have forgotten its visitor: it is opened again. */
const freshMs = 60_000;

/**
 * Sends the page to an address before anybody asks for it. Who then opens that address first finds it there, unless
 * it has failed or has been waiting for too long.
 */
export function openAhead(
  port: PagePort,
  url: string,
  { now, signal }: { now: () => Date; signal: AbortSignal },
): PagePort {
  const openedAt = now().getTime();
  let ahead: Promise<ErrorCode | null> | null = port.open(url, signal);
  // Told to who asks for it, or to nobody.
  ahead.catch(() => {});
  return {
    ...port,
    async open(wanted, until) {
      const waiting = ahead;
      ahead = null;
      const isIt = waiting !== null && wanted === url && now().getTime() - openedAt <= freshMs;
      if (isIt && (await waiting) === null && port.observe().failure === null) return null;
      return port.open(wanted, until);
    },
  };
}
