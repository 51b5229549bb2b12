import { expect, it } from "vitest";
import { networkOf } from "./actor.ts";

it.each([
  ["203.0.113.77", "203.0.113.0/24"],
  ["::ffff:203.0.113.77", "203.0.113.0/24"],
  ["127.0.0.1", "127.0.0.0/24"],
  ["2001:db8:abcd:12::7", "2001:db8:abcd::/48"],
  ["2001:0db8::7", "2001:db8:0::/48"],
  ["::1", "0:0:0::/48"],
  ["fe80::1%eth0", "fe80:0:0::/48"],
  ["::", "0:0:0::/48"],
  ["1::2:3:4:5:6:7", "1:0:2::/48"],
  ["nonsense", null],
  [undefined, null],
])("of %s the log keeps %s", (address, network) => expect(networkOf(address)).toBe(network));
