import { matchesText, parseTextPattern } from "@attestream/workflow/extract";
import { compileUrlPattern, isAllowedHost, type CapturedResponse, type RequestPattern } from "@attestream/workflow";
import type { BrowserContext, Request, Response } from "playwright";
import type { PageActivity } from "./page-activity.ts";

const maxBodyBytes = 4 * 1024 * 1024;

export interface CaptureBuffer {
  newest(pattern: RequestPattern, afterRevision: number): CapturedResponse | null;
}

/**
 * Keeps the newest response for each request that the tree wants, from allowed hosts and of bounded size. All else is let
 * pass unread. What counts is when it was asked for, not when it came: the answer to a page that has been left is not
 * that of the page which was opened then. Listens after whoever counts requests as activity.
 */
export function captureResponses(
  context: BrowserContext,
  patterns: readonly RequestPattern[],
  allow: readonly string[],
  activity: PageActivity,
  signal: AbortSignal,
): CaptureBuffer {
  const rules = patterns.map((pattern) => ({
    key: keyOf(pattern),
    method: pattern.method,
    fits: matcherOf(pattern),
  }));
  const kept = new Map<string, CapturedResponse & { revision: number }>();
  const askedAt = new WeakMap<Request, number>();

  const take = async (response: Response) => {
    const url = response.url();
    const wanted = rules.filter(({ method, fits }) => method === response.request().method() && fits(url));
    if (wanted.length === 0 || !isAllowedHost(allow, new URL(url).hostname)) return;
    activity.began(response, "deed");
    try {
      const body = await bodyOf(response);
      if (body === undefined) return;
      activity.noticed();
      const revision = askedAt.get(response.request()) ?? 0;
      for (const { key } of wanted) {
        if ((kept.get(key)?.revision ?? 0) <= revision)
          kept.set(key, { url, status: response.status(), body, revision });
      }
    } finally {
      activity.ended(response);
    }
  };
  const onResponse = (response: Response) => void take(response);
  const onRequest = (request: Request) => void askedAt.set(request, activity.revision);
  context.on("request", onRequest).on("response", onResponse);
  signal.addEventListener(
    "abort",
    () => {
      context.off("request", onRequest).off("response", onResponse);
      kept.clear();
    },
    { once: true },
  );

  return {
    newest(pattern, afterRevision) {
      const found = kept.get(keyOf(pattern));
      return found !== undefined && found.revision > afterRevision
        ? { url: found.url, status: found.status, body: found.body }
        : null;
    },
  };
}

/** Undefined: a redirect, or dropped by the browser because the page moved on. Null: too large. */
async function bodyOf(response: Response): Promise<string | null | undefined> {
  try {
    if (Number(response.headers()["content-length"] ?? 0) > maxBodyBytes) return null;
    if (await response.finished()) return undefined;
    if ((await response.request().sizes()).responseBodySize > maxBodyBytes) return null;
    const body = await response.body();
    return body.byteLength > maxBodyBytes ? null : body.toString("utf8");
  } catch {
    return undefined;
  }
}

function matcherOf({ url, match }: RequestPattern): (address: string) => boolean {
  if (match === undefined) return compileUrlPattern(url ?? "/**");
  const pattern = parseTextPattern(match);
  return (address) => matchesText(pattern, address);
}

function keyOf({ method, url, match }: RequestPattern): string {
  return JSON.stringify([method, url, match]);
}
