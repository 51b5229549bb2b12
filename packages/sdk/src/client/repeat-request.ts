import { AttestreamError } from "./attestream-error.ts";

const attempts = 3;
const firstPauseMs = 300;
/** A caller is not kept longer than this for a server that asks for more: it decides itself. */
const longestPauseMs = 5_000;

/** Sends up to three times what may be sent twice, where trying again may help soon. Throws the last error. */
export async function repeatRequest<T>(
  send: () => Promise<T>,
  pause: (ms: number, signal?: AbortSignal) => Promise<void>,
  signal: AbortSignal | undefined,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await send();
    } catch (error) {
      if (!(error instanceof AttestreamError && error.retriable) || attempt === attempts) throw error;
      const waitMs = Math.max((error.retryAfter ?? 0) * 1_000, firstPauseMs * 2 ** (attempt - 1));
      if (waitMs > longestPauseMs) throw error;
      await pause(waitMs, signal);
    }
  }
}
