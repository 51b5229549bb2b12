import { expect, it } from "vitest";
import { refusalOf } from "../test-support/refusal-of.ts";
import { buildRequest, hostHeader, readRequest } from "./replay-http.ts";

const serverName = "bank.example";
const start = (lines: readonly string[]) => lines.map((line) => `${line}\r\n`).join("");
const good = ["GET /a HTTP/1.1", "host: bank.example", "accept: */*", "connection: close"];
const read = (lines: readonly string[], end = "\r\n") => readRequest({ start: start(lines), end }, serverName);

it("what the client builds is what is read", () => {
  for (const host of [hostHeader(serverName, 443), hostHeader(serverName, 8443)]) {
    const parts = buildRequest(host, { target: "/a?b=c", headers: [["X-Y", "z"]], secretHeaders: [["Cookie", "a=b"]] });
    expect(readRequest(parts, serverName)).toEqual({ method: "GET", target: "/a?b=c", host });
    expect(parts.hidden).toBe("cookie: a=b\r\n");
  }
  expect(hostHeader("::1", 8443)).toBe("[::1]:8443");
});

it.each([
  ["another method", ["POST /a HTTP/1.1", ...good.slice(1)]],
  ["an absolute target", ["GET https://other.example/a HTTP/1.1", ...good.slice(1)]],
  ["HTTP/1.0", ["GET /a HTTP/1.0", ...good.slice(1)]],
  ["another host", [good[0] ?? "", "host: other.example", ...good.slice(2)]],
  ["a host that only begins like it", [good[0] ?? "", "host: bank.example.evil", ...good.slice(2)]],
  ["no port in the port's place", [good[0] ?? "", "host: bank.example:evil", ...good.slice(2)]],
  ["the host in another place", [good[0] ?? "", "accept: */*", "host: bank.example", "connection: close"]],
  ["a second host", [...good.slice(0, 2), "host: bank.example", "connection: close"]],
  ["a host as the last line, which hidden bytes could go on with", [good[0] ?? "", "host: bank.example"]],
  ["a body", [...good.slice(0, 2), "content-length: 5", "connection: close"]],
  ["a body in chunks", [...good.slice(0, 2), "transfer-encoding: chunked", "connection: close"]],
  ["a wish for another protocol", [...good.slice(0, 2), "upgrade: h2c", "connection: close"]],
  ["a wish for an answer before the answer", [...good.slice(0, 2), "expect: 100-continue", "connection: close"]],
  ["an end inside", [...good.slice(0, 2), "", "GET /b HTTP/1.1", "connection: close"]],
  ["folded lines", [...good.slice(0, 2), " folded", "connection: close"]],
  ["a connection that stays", good.slice(0, 3)],
])("%s is refused", (_what, lines) => {
  expect(refusalOf(() => read(lines))).toBe("replay_request");
});

it("only the empty line may follow what is hidden", () => {
  for (const end of ["", "x: y\r\n\r\n", "\r\n\r\n", "\r\nbody"])
    expect(refusalOf(() => read(good, end))).toBe("replay_request");
  expect(refusalOf(() => readRequest({ start: start(good).slice(0, -2), end: "\r\n" }, serverName))).toBe(
    "replay_request",
  );
});
