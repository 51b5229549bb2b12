import { describe, expect, it } from "vitest";
import { readAuthChallenge } from "./auth-challenge.ts";

describe("a WWW-Authenticate header", () => {
  it.each([
    ['Basic realm="Members", charset="UTF-8"', "Members"],
    ['Digest realm="a \\"quoted\\" name", qop="auth", nonce="x"', 'a "quoted" name'],
    ["basic", ""],
    ['Negotiate\nBasic realm="Second"', "Second"],
    ['Bearer realm="api", Basic realm="Members"', "Members"],
  ])("%s is answered by name and password", (header, realm) => {
    expect(readAuthChallenge(header)).toEqual({ realm });
  });

  it.each(["Negotiate", 'Bearer realm="basic"', "", "Basically no"])("%s is not", (header) => {
    expect(readAuthChallenge(header)).toBeNull();
  });
});
