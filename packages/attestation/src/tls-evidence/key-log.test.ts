import { expect, it } from "vitest";
import { parseKeyLogLine } from "./index.ts";

const random = "ab".repeat(32);
const secret = "0f".repeat(48);

it("reads a line of a key log", () => {
  const expected = { label: "SERVER_TRAFFIC_SECRET_0", clientRandom: random, secret: Buffer.from(secret, "hex") };
  for (const end of ["", "\n", "\r\n"])
    expect(parseKeyLogLine(`SERVER_TRAFFIC_SECRET_0 ${random.toUpperCase()} ${secret}${end}`)).toEqual(expected);
});

it.each([
  "",
  "# comment",
  `SERVER_TRAFFIC_SECRET_0 ${random}`,
  `SERVER_TRAFFIC_SECRET_0 ${random.slice(2)} ${secret}`,
  `SERVER_TRAFFIC_SECRET_0 ${random} ${secret}0`,
  `SERVER_TRAFFIC_SECRET_0 ${random} ${"0".repeat(200)}`,
  `server ${random} ${secret}`,
  `A ${random} ${secret} more`,
])("anything else is nothing: %j", (line) => {
  expect(parseKeyLogLine(line)).toBeNull();
});
