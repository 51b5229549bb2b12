import { describe, expect, it } from "vitest";
import { frameAddresses } from "./frame-addresses.ts";

describe("addresses of frame and stream", () => {
  it("are both loopback names of the API's own listener by default", () => {
    const addresses = frameAddresses({ publicUrl: "http://localhost:4000" });
    expect(addresses.frameOrigins).toEqual(["http://localhost:4000", "http://127.0.0.1:4000"]);
    expect(addresses.streamOrigins).toEqual(["ws://localhost:4000", "ws://127.0.0.1:4000"]);
    expect(addresses.streamUrl("s")).toBe("ws://localhost:4000/session/s");
  });

  it("are the public address alone when that is not loopback", () => {
    const addresses = frameAddresses({ publicUrl: "https://verify.example.com" });
    expect(addresses.frameOrigins).toEqual(["https://verify.example.com"]);
    expect(addresses.streamUrl("s")).toBe("wss://verify.example.com/session/s");
  });

  it("are the configured ones where there are any, and no others", () => {
    const addresses = frameAddresses({
      publicUrl: "http://localhost:4000",
      frameOrigin: "https://frame.example.com/",
      streamOrigin: "https://stream.example.com",
    });
    expect(addresses.frameOrigins).toEqual(["https://frame.example.com"]);
    expect(addresses.streamOrigins).toEqual(["wss://stream.example.com"]);
    expect(addresses.streamUrl("s")).toBe("wss://stream.example.com/session/s");
  });
});
