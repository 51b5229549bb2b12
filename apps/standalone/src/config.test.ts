import { expect, it } from "vitest";
import { loadConfig } from "./config.ts";

it("counts the ports of the parts from the API's", () => {
  expect(loadConfig({}).ports).toEqual({ api: 4000, partner: 4001, bank: 4100, worker: 4300, attestor: 4200 });
  expect(loadConfig({ PORT: "5000", BANK_PORT: "6000" }).ports).toEqual({
    api: 5000,
    partner: 5001,
    bank: 6000,
    worker: 5300,
    attestor: 5200,
  });
  expect(loadConfig({ PORT: "0" }).ports).toEqual({ api: 0, partner: 0, bank: 0, worker: 0, attestor: 0 });
});

it("names every setting that is wrong", () => {
  expect(() => loadConfig({ PORT: "web", BANK_PORT: "70000" })).toThrow(/PORT: must be a port number[\s\S]*BANK_PORT/);
});
