export interface Answer {
  status: number;
  headers: Headers;
  /** Parsed where it is JSON, else the text. */
  body: unknown;
  text: string;
}

export interface CallOptions {
  /** Sent as JSON. */
  body?: unknown;
  /** Sent as it is. */
  raw?: string;
  headers?: Record<string, string>;
  /** Another key, or none. */
  key?: string | null;
  /** A 429 is the answer that is looked for, and not waited out. */
  expectLimit?: boolean;
}

export type Call = (method: string, path: string, options?: CallOptions) => Promise<Answer>;

/** Plain HTTP as a partner's server sends it. A 429 is waited out, as the contract asks of clients. */
export function createClient(options: { baseUrl: string; key: string; signal: AbortSignal }): Call {
  const base = options.baseUrl.replace(/\/+$/, "");
  return async function call(method, path, given = {}) {
    const body = given.raw ?? (given.body === undefined ? undefined : JSON.stringify(given.body));
    for (;;) {
      const response = await fetch(base + path, {
        method,
        signal: options.signal,
        redirect: "manual",
        headers: {
          ...(given.key === null ? {} : { "x-api-key": given.key ?? options.key }),
          "content-type": "application/json",
          ...given.headers,
        },
        ...(body === undefined ? {} : { body }),
      });
      const text = await response.text();
      if (response.status === 429 && given.expectLimit !== true) {
        await pause(Number(response.headers.get("retry-after") ?? 1) * 1000, options.signal);
        continue;
      }
      const isJson = response.headers.get("content-type")?.startsWith("application/json") ?? false;
      return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text, text };
    }
  };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", abort);
      resolve();
    }, ms);
    signal.addEventListener("abort", abort, { once: true });
  });
}
