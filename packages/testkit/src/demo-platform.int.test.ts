import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { connect as connectTcp } from "node:net";
import { connect } from "node:tls";
import { describe, expect, it } from "vitest";
import { startDemoPlatform } from "./demo-platform.ts";

describe("startDemoPlatform()", () => {
  it("serves with a certificate of its own CA, and leaves no process and no file", async () => {
    let port: number;
    let caFile: string;
    {
      await using demo = await startDemoPlatform();
      ({ port, caFile } = demo);
      const ca = await readFile(caFile, "utf8");
      const socket = connect({ host: "127.0.0.1", port, servername: "bank.demo.test", ca });
      await new Promise((resolve, reject) => socket.once("secureConnect", resolve).once("error", reject));
      expect(socket.authorized).toBe(true);
      // Left open on purpose: a browser's idle connection must not hold up the end.
      socket.on("error", () => undefined);
    }
    expect(existsSync(caFile)).toBe(false);
    const outcome = await new Promise((resolve) => {
      const socket = connectTcp({ host: "127.0.0.1", port }, () => resolve("connected"));
      socket.once("error", (error) => resolve("code" in error ? error.code : error.message));
    });
    expect(outcome).toBe("ECONNREFUSED");
  });
});
