import { createHash, timingSafeEqual } from "node:crypto";
import { BlockList, isIPv4 } from "node:net";
import type { Request, RequestHandler } from "express";
import { AppError } from "@attestream/shared";
import { renderFamilies, type MetricFamily } from "./metric-family.ts";

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

/**
 * `GET /metrics`, for Prometheus. With METRICS_TOKEN: for whoever knows it (`Authorization: Bearer`).
 * Without: for this machine alone, and for nobody who comes through a proxy, which may stand here for anybody.
 */
export function metricsRoute(deps: { token: string | undefined; read: () => Promise<MetricFamily[]> }): RequestHandler {
  const { token } = deps;
  const isAllowed = (request: Request) => (token === undefined ? isLocal(request) : isBearer(request, token));

  return async (request, response) => {
    if (!isAllowed(request)) throw new AppError("metrics_refused");
    let families: MetricFamily[];
    try {
      families = await deps.read();
    } catch (error) {
      throw new AppError("storage_unavailable", { cause: error });
    }
    response.setHeader("Cache-Control", "no-store");
    response.setHeader("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
    response.send(renderFamilies(families));
  };
}

function isLocal({ socket, headers }: Request): boolean {
  const isForwarded = ["x-forwarded-for", "x-real-ip", "forwarded", "via"].some((name) => headers[name] !== undefined);
  const address = (socket.remoteAddress ?? "").replace(/^::ffff:(?=\d+\.)/i, "");
  return !isForwarded && loopback.check(address, isIPv4(address) ? "ipv4" : "ipv6");
}

function isBearer(request: Request, token: string): boolean {
  const given = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? "")?.[1] ?? "";
  // Of equal length, whatever was given.
  const hash = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(hash(given), hash(token));
}
