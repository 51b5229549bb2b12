import { isIP } from "node:net";
import type { RequestHandler } from "express";
import { AppError } from "@attestream/shared";

/** Whether a request names us. `host` is its Host header. */
export type HostCheck = (host: string | undefined) => boolean;

/** Asked by load balancers and supervisors under whatever address they know; they tell how many workers there are and how well these are isolated. */
const probePaths = ["/healthz", "/readyz"];

/**
 * Another site can let its own name point to our address, loopback too, and its page then reads our
 * answers as if they were its own (DNS rebinding). Its requests carry its name: only our names are
 * served. An address as a host is no name that anybody could point elsewhere.
 */
export function createHostCheck(own: { urls: readonly (string | undefined)[]; names: readonly string[] }): HostCheck {
  const names = new Set(own.names.map((name) => name.toLowerCase()));
  for (const url of own.urls) if (url !== undefined) names.add(new URL(url).hostname.toLowerCase());

  return (host) => {
    const [, bracketed, plain] = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::\d{1,5})?$/i.exec(host ?? "") ?? [];
    if (bracketed !== undefined) return isIP(bracketed) === 6;
    if (plain === undefined) return false;
    const name = plain.toLowerCase().replace(/\.$/, "");
    // Browsers lead *.localhost to loopback by themselves, whatever a name server says.
    return isIP(name) === 4 || name === "localhost" || name.endsWith(".localhost") || names.has(name);
  };
}

/** Answers 421 to a request for another host. */
export function requireOwnHost(isOurs: HostCheck): RequestHandler {
  return (request, _response, next) => {
    if (isOurs(request.headers.host) || isProbe(request.path)) next();
    else next(new AppError("host_refused"));
  };
}

export function isProbe(path: string): boolean {
  return probePaths.includes(path);
}
