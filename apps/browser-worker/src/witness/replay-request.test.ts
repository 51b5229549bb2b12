import { expect, it } from "vitest";
import { toReplayRequest } from "./replay-request.ts";

it("shows the attestor no header of which it is not known that it says nothing of the user", () => {
  const { target, headers, secretHeaders } = toReplayRequest("https://bank.test/api?a=1#part", {
    ":authority": "bank.test",
    host: "bank.test",
    accept: "application/json",
    "accept-encoding": "gzip",
    "sec-fetch-mode": "cors",
    cookie: "visit=1",
    authorization: "Bearer x",
    "x-csrf-token": "y",
    "if-none-match": "z",
  });
  expect(target).toBe("/api?a=1");
  expect(headers).toEqual([
    ["accept", "application/json"],
    ["sec-fetch-mode", "cors"],
  ]);
  expect(secretHeaders).toEqual([
    ["cookie", "visit=1"],
    ["authorization", "Bearer x"],
    ["x-csrf-token", "y"],
  ]);
});
