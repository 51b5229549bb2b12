import { rootCertificates } from "node:tls";
import { resolvePublic, type AddressGuard, type Resolve } from "@attestream/address-guard";
import { Agent, buildConnector, request, type Dispatcher } from "undici";
import { parseRetryAfter } from "./retry-schedule.ts";
import { checkWebhookTarget } from "./webhook-target.ts";

const maxAnswerBytes = 16 * 1024;
export const webhookTimeoutMs = 30_000;

/** Why an attempt failed. For the delivery log; never the receiver's words. */
export type PostFailure =
  | "target_refused"
  | "dns_failed"
  | "address_refused"
  | "connect_failed"
  | "tls_failed"
  | "timeout"
  | "no_answer"
  | "redirect_refused"
  | "gone"
  | "status_not_2xx"
  /** Our own fault: it could not be put together. */
  | "internal";

export type PostOutcome =
  | { ok: true; status: number }
  | {
      ok: false;
      reason: PostFailure;
      status?: number;
      retryAfterMs?: number;
      /** No further attempt can do better. */ final: boolean;
    };

export interface PostOptions {
  devHosts: readonly string[];
  guard: AddressGuard;
  resolve: Resolve;
  /** For hosts that the operator named for development; default: as the others. */
  resolveDevHost?: Resolve;
  now: () => Date;
  /** PEM: certificate authorities trusted besides the usual ones. */
  extraCa?: string | undefined;
  timeoutMs?: number;
}

export type PostWebhook = (
  url: string,
  headers: Record<string, string>,
  body: string,
  signal: AbortSignal,
) => Promise<PostOutcome>;

/** Makes one attempt. Rejects only when `signal` aborts; everything else the receiver can do is an outcome. */
export function createPostWebhook(options: PostOptions): PostWebhook {
  const ca = options.extraCa === undefined ? undefined : [...rootCertificates, options.extraCa];
  const { timeoutMs = webhookTimeoutMs } = options;

  return async (url, headers, body, signal) => {
    const target = checkWebhookTarget(url, options.devHosts);
    if (!target.ok) return { ok: false, reason: "target_refused", final: true };
    const deadline = AbortSignal.timeout(timeoutMs);
    const ended = AbortSignal.any([deadline, signal]);
    try {
      const resolution = await untilAborted(
        resolvePublic(target.url.hostname, {
          guard: options.guard,
          isDevHost: target.isDevHost,
          resolve: (target.isDevHost && options.resolveDevHost) || options.resolve,
        }),
        ended,
      );
      if (!resolution.ok) return { ok: false, reason: resolution.reason, final: false };
      const agent = new Agent({
        connect: connectTo(resolution.addresses, { ca, timeoutMs }),
        allowH2: false,
        pipelining: 0,
      });
      try {
        const answer = await request(target.url, {
          dispatcher: agent,
          method: "POST",
          headers: { ...headers, "content-type": "application/json", "user-agent": "Attestream-Webhooks/1" },
          body,
          signal: ended,
          headersTimeout: timeoutMs,
          bodyTimeout: timeoutMs,
        });
        await readAtMost(answer, maxAnswerBytes);
        return judge(answer, options.now());
      } finally {
        await agent.destroy();
      }
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      return { ok: false, reason: deadline.aborted ? "timeout" : classify(error), final: false };
    }
  };
}

/** Connects to a checked address whatever the name says by now; the certificate must still be the name's. */
function connectTo(
  addresses: readonly string[],
  options: { ca: string[] | undefined; timeoutMs: number },
): buildConnector.connector {
  const connect = buildConnector({
    timeout: options.timeoutMs,
    ...(options.ca === undefined ? {} : { ca: options.ca }),
  });
  return (target, callback) => {
    const tryNext = (index: number): void => {
      const address = addresses[index] ?? "";
      const isLiteral = /^\[|^[0-9.]+$/.test(target.hostname);
      connect(
        { ...target, hostname: address, ...(isLiteral ? {} : { servername: target.hostname }) },
        (error, socket) => {
          if (error !== null && index + 1 < addresses.length && isUnreachable(error)) tryNext(index + 1);
          else if (error !== null) callback(error, null);
          else callback(null, socket);
        },
      );
    };
    tryNext(0);
  };
}

function judge(answer: Dispatcher.ResponseData, now: Date): PostOutcome {
  const status = answer.statusCode;
  if (status >= 200 && status < 300) return { ok: true, status };
  if (status === 410) return { ok: false, reason: "gone", status, final: true };
  const header = answer.headers["retry-after"];
  const retryAfterMs = parseRetryAfter(Array.isArray(header) ? header[0] : header, now);
  const reason = status >= 300 && status < 400 ? "redirect_refused" : "status_not_2xx";
  return { ok: false, reason, status, final: false, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}

/** The status has decided already: a body that is long, slow or broken changes nothing. */
async function readAtMost(answer: Dispatcher.ResponseData, limit: number): Promise<void> {
  try {
    let read = 0;
    for await (const chunk of answer.body) {
      read += Buffer.isBuffer(chunk) ? chunk.length : 0;
      if (read >= limit) break;
    }
  } catch {
    // As said above.
  }
}

function classify(error: unknown): PostFailure {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (error instanceof Error && isUnreachable(error)) return "connect_failed";
  if (/^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|HOSTNAME_MISMATCH|EPROTO)/.test(code))
    return "tls_failed";
  if (/TIMEOUT/.test(code)) return "timeout";
  return "no_answer";
}

function isUnreachable(error: Error): boolean {
  return (
    "code" in error &&
    /^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT)$/.test(String(error.code))
  );
}

function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort, { once: true });
  return Promise.race([work, promise]).finally(() => signal.removeEventListener("abort", abort));
}
