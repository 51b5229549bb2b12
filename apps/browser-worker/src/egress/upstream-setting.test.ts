import { describe, expect, it } from "vitest";
import { findUpstream, gatewaySchema, hasOwnProxy, upstreamsSchema, withGateway } from "./upstream-setting.ts";

const basic = (pair: string) => `Basic ${Buffer.from(pair).toString("base64")}`;

describe("the setting of upstream proxies", () => {
  it("names one for each platform, one for all others, and those that go straight out", () => {
    const upstreams = upstreamsSchema.parse(
      "demo-bank=http://user:p%40ss%2C@10.0.0.5:3128, *=https://proxy.example.com\nother=direct,six=http://[2001:db8::1]:8080,",
    );
    expect(findUpstream(upstreams, "demo-bank")).toEqual({
      secure: false,
      host: "10.0.0.5",
      port: 3128,
      authorization: basic("user:p@ss,"),
    });
    const rest = { secure: true, host: "proxy.example.com", port: 443, authorization: undefined };
    expect(findUpstream(upstreams, "any")).toEqual(rest);
    expect(findUpstream(upstreams, "other")).toBeUndefined();
    expect(findUpstream(upstreams, "six")).toMatchObject({ host: "2001:db8::1", port: 8080 });
    expect(findUpstream(new Map(), "any")).toBeUndefined();
  });

  it.each([
    ["http://hunter2@10.0.0.5:3128", "number 1"],
    ["demo-bank=socks5://u:hunter2@10.0.0.5:1080", "demo-bank"],
    ["demo-bank=u:hunter2@10.0.0.5:1080", "demo-bank"],
    ["demo-bank=http://u:hunter2@10.0.0.5:3128/path", "demo-bank"],
    ["demo-bank=http://u:hunter2@10.0.0.5:3128?x", "demo-bank"],
    ["demo-bank=http://u:hunter2%@10.0.0.5:99999", "demo-bank"],
    ["a=direct,demo-bank=http://u:%ff-hunter2@10.0.0.5", "demo-bank"],
    ["demo-bank=direct,demo-bank=http://u:hunter2@10.0.0.5", "demo-bank"],
  ])("says what is wrong with %s, and not its password", (text, entry) => {
    const message = upstreamsSchema.safeParse(text).error?.issues[0]?.message ?? "";
    expect(message).toContain(`the entry ${entry} `);
    expect(message).not.toContain("hunter2");
  });
});

describe("the setting of the egress gateway", () => {
  it("is the way out of all platforms that have none of their own", () => {
    const gateway = gatewaySchema.parse("http://worker:secret@egress:3128");
    const upstreams = withGateway(upstreamsSchema.parse("other=direct,demo-bank=http://10.0.0.5:3128"), gateway);
    expect(findUpstream(upstreams, "any")).toEqual({
      secure: false,
      host: "egress",
      port: 3128,
      authorization: basic("worker:secret"),
    });
    expect(findUpstream(upstreams, "demo-bank")?.host).toBe("10.0.0.5");
    expect(findUpstream(upstreams, "other")).toBeUndefined();
    expect(findUpstream(withGateway(upstreams, undefined), "demo-bank")?.host).toBe("10.0.0.5");
    expect(["any", "demo-bank", "other"].filter((name) => hasOwnProxy(upstreams, gateway, name))).toEqual([
      "demo-bank",
    ]);
  });

  it("is refused without a word of what it holds", () => {
    const { error } = gatewaySchema.safeParse("ftp://worker:secret@egress");
    expect(error?.message).toContain("http://worker:token@host:port");
    expect(error?.message).not.toContain("secret");
  });
});
