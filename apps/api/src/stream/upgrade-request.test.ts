import type { IncomingMessage } from "node:http";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AppError } from "@attestream/shared";
import { parseUpgradeRequest } from "./upgrade-request.ts";

const id = "0b2f1c7e-6d0a-4c55-9f57-0a3a3f3f9f01";
const good = {
  method: "GET",
  url: `/session/${id}`,
  headers: {
    upgrade: "WebSocket",
    "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
    "sec-websocket-version": "13",
    "sec-websocket-protocol": "attestream.viewer.v1, ticket.abc, seal.offer",
    origin: "http://localhost:4000",
  },
};
const parse = (request: object) => parseUpgradeRequest(request as IncomingMessage);
const codeOf = (request: object) => {
  try {
    parse(request);
    return null;
  } catch (error) {
    return error instanceof AppError ? error.code : "not an AppError";
  }
};

describe("an upgrade request", () => {
  it("gives session, ticket, seal, origin and key", () => {
    const expected = {
      sessionId: id,
      ticket: "abc",
      seal: "seal.offer",
      origin: "http://localhost:4000",
      key: "dGhlIHNhbXBsZSBub25jZQ==",
    };
    expect(parse(good)).toEqual(expected);
    expect(parse({ ...good, url: `/session/${id.toUpperCase()}?x=1` })).toEqual(expected);
  });

  it("is refused with the reason", () => {
    const withHeaders = (headers: object) => ({ ...good, headers: { ...good.headers, ...headers } });
    expect(codeOf({ ...good, url: "/session/" })).toBe("not_found");
    expect(codeOf({ ...good, url: `/session/${id}/x` })).toBe("not_found");
    expect(codeOf({ ...good, method: "POST" })).toBe("invalid_request");
    expect(codeOf(withHeaders({ upgrade: "h2c" }))).toBe("invalid_request");
    expect(codeOf(withHeaders({ "sec-websocket-key": "a\r\nb" }))).toBe("invalid_request");
    expect(codeOf(withHeaders({ "sec-websocket-version": "8" }))).toBe("invalid_request");
    expect(codeOf(withHeaders({ "sec-websocket-protocol": "ticket.abc" }))).toBe("invalid_request");
    expect(codeOf(withHeaders({ "sec-websocket-protocol": "attestream.viewer.v1" }))).toBe("viewer_unknown");
    for (const seal of ["", ", seal.", `, seal.${"a".repeat(300)}`, ", seal.a\r\nb"])
      expect(codeOf(withHeaders({ "sec-websocket-protocol": `attestream.viewer.v1, ticket.abc${seal}` }))).toBe(
        "invalid_request",
      );
    expect(codeOf(withHeaders({ "sec-websocket-protocol": "attestream.viewer.v1, ticket.a, ticket.b" }))).toBe(
      "viewer_unknown",
    );
  });

  it("is parsed or refused whatever it holds, and never breaks", () => {
    const text = fc.option(fc.oneof(fc.string(), fc.constantFrom(...Object.values(good.headers))), { nil: undefined });
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.constant(good.url)),
        fc.record({
          upgrade: text,
          "sec-websocket-key": text,
          "sec-websocket-version": text,
          "sec-websocket-protocol": text,
        }),
        (url, headers) => {
          expect(codeOf({ method: "GET", url, headers })).not.toBe("not an AppError");
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
