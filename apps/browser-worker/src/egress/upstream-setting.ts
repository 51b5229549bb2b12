import { z } from "zod";
import type { UpstreamProxy } from "./upstream-proxy.ts";

/** By platform name; `*` for all that are not named. Null: straight out. */
export type Upstreams = ReadonlyMap<string, UpstreamProxy | null>;

const longestSetting = 20_000;

/**
 * `demo-bank=http://user:password@10.0.0.5:3128,*=https://proxy.example.com,other=direct`; in a file also one a
 * line. Says which entry is wrong by its platform only: the rest may hold a password.
 */
export const upstreamsSchema = z
  .string()
  .max(longestSetting, `must not be longer than ${longestSetting} characters`)
  .transform((text, context): Upstreams => {
    const found = new Map<string, UpstreamProxy | null>();
    for (const [index, entry] of text
      .split(/[,\n]/)
      .map((part) => part.trim())
      .entries()) {
      if (entry === "") continue;
      const [, platform, target = ""] = /^([a-z0-9][a-z0-9-]*|\*)=(.*)$/.exec(entry) ?? [];
      const name = platform ?? `number ${index + 1}`;
      const problem = (message: string) => {
        context.addIssue({ code: "custom", message: `the entry ${name} ${message}` });
        return z.NEVER;
      };
      if (platform === undefined) return problem("must be platform=http://host:port, or *=… for all platforms");
      if (found.has(platform)) return problem("is there twice; keep one");
      const upstream = target === "direct" ? null : readProxy(target);
      if (upstream === undefined)
        return problem(
          "must name http://host:port or https://host:port, with user:password@ before the host, or direct",
        );
      found.set(platform, upstream);
    }
    return found;
  });

/** `http://user:token@host:port`. Says nothing of what it got: that holds a password. */
export const gatewaySchema = z.string().transform((text, context): UpstreamProxy => {
  const gateway = readProxy(text);
  if (gateway !== undefined) return gateway;
  context.addIssue({ code: "custom", message: "must be http://worker:token@host:port, or https" });
  return z.NEVER;
});

/** A gateway is the way out for every platform that has none of its own. */
export function withGateway(upstreams: Upstreams, gateway: UpstreamProxy | undefined): Upstreams {
  return gateway === undefined ? upstreams : new Map([["*", gateway], ...upstreams]);
}

export function findUpstream(upstreams: Upstreams, platform: string): UpstreamProxy | undefined {
  const found = upstreams.has(platform) ? upstreams.get(platform) : upstreams.get("*");
  return found ?? undefined;
}

/** Whether a platform goes out through a proxy of its own, from an address that the operator chose for it. */
export function hasOwnProxy(upstreams: Upstreams, gateway: UpstreamProxy | undefined, platform: string): boolean {
  const upstream = findUpstream(upstreams, platform);
  return upstream !== undefined && !(upstream.host === gateway?.host && upstream.port === gateway.port);
}

/** With further authorities for those that are reached over TLS. */
export function trustAlso(upstreams: Upstreams, readCa: () => string): Upstreams {
  if (![...upstreams.values()].some((upstream) => upstream?.secure)) return upstreams;
  const ca = readCa();
  return new Map([...upstreams].map(([name, upstream]) => [name, upstream && { ...upstream, ca }]));
}

function readProxy(target: string): UpstreamProxy | undefined {
  const url = URL.parse(target);
  if (!url || !/^https?:$/.test(url.protocol) || url.pathname !== "/" || /[?#]/.test(target)) return undefined;
  const secure = url.protocol === "https:";
  let authorization: string | undefined;
  if (url.username !== "") {
    try {
      const pair = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
      authorization = `Basic ${Buffer.from(pair).toString("base64")}`;
    } catch {
      return undefined;
    }
  }
  return {
    secure,
    host: url.hostname.replace(/^\[(.*)\]$/, "$1"),
    port: url.port === "" ? (secure ? 443 : 80) : Number(url.port),
    authorization,
  };
}
