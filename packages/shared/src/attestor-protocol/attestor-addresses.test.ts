import { describe, expect, it } from "vitest";
import { attestorsSchema } from "./attestor-addresses.ts";

const kid = "a".repeat(43);

describe("the list of attestors", () => {
  it("is read in its order, with pins and platforms", () => {
    const text = ` http://127.0.0.1:4200, https://attestor.example.com/base/#kid=${kid}&platforms=demo-bank+other `;
    expect(attestorsSchema.parse(text)).toEqual([
      { url: "http://127.0.0.1:4200" },
      { url: "https://attestor.example.com/base", kid, platforms: ["demo-bank", "other"] },
    ]);
    expect(attestorsSchema.parse("")).toEqual([]);
    expect(attestorsSchema.parse("http://attestor:4200")).toEqual([{ url: "http://attestor:4200" }]);
  });

  it.each([
    ["http://attestor.example.com", /must be https/],
    ["attestor.example.com", /is not the address/],
    ["https://user:word@attestor.example.com", /is not the address/],
    ["https://attestor.example.com#kid=short", /no thumbprint/],
    ["https://attestor.example.com#key=x", /option that is not known/],
    ["https://a.example.com,https://a.example.com/", /named twice/],
  ])("refuses %s with what to do", (text, problem) => {
    expect(attestorsSchema.safeParse(text).error?.issues[0]?.message).toMatch(problem);
  });
});
