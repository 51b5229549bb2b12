import { describe, expect, it } from "vitest";
import { loadConfig } from "./config.ts";

describe("the configuration", () => {
  it("needs nothing, and takes an empty variable for one that is not set", () => {
    expect(loadConfig({ PORT: "" })).toMatchObject({ PORT: 4100, HOST: "127.0.0.1", LOG_LEVEL: "info" });
    expect(loadConfig({}).CERT_DIR).toMatch(/\.attestream\/dev-ca$/);
  });

  it("names every wrong variable at once", () => {
    expect(() => loadConfig({ PORT: "70000", LOG_LEVEL: "loud" })).toThrow(/PORT[\s\S]*LOG_LEVEL/);
  });
});
