import type { BrowserContext, Request } from "playwright";

export interface RequestWatch {
  /** Of the newest request for this address, as the browser sent them; null where there was none. */
  headersOf(url: string): Promise<Record<string, string> | null>;
  stop(): void;
}

/** More addresses than a page asks for while one part is read. */
const mostKept = 500;

/** Remembers what the browser asked for, to ask for it once more. */
export function watchRequests(context: BrowserContext): RequestWatch {
  const kept = new Map<string, Request>();
  const onRequest = (request: Request) => {
    if (request.method() === "GET" && (kept.size < mostKept || kept.has(request.url())))
      kept.set(request.url(), request);
  };
  context.on("request", onRequest);
  return {
    async headersOf(url) {
      return (await kept.get(url)?.allHeaders()) ?? null;
    },
    stop() {
      context.off("request", onRequest);
      kept.clear();
    },
  };
}
