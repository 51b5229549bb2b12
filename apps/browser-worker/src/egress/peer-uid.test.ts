import { expect, it } from "vitest";
import { findOwner } from "./peer-uid.ts";

const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000:10CC 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0
   1: 0100007F:A2D4 0100007F:22B8 06 00000000:00000000 03:000015AC 00000000     0        0 0 3 0000000000000000
   2: 0100007F:A2D4 0100007F:10CC 01 00000000:00000000 00:00000000 00000000 20001        0 2 1 0 20 4 30 10 -1
   3: 0100007F:A2D6 0100007F:10CC 01 00000000:00000000 00:00000000 00000000     0        0 2 1 0 20 4 30 10 -1
   4: 0100007F:A2D7 0100007F:10CC 05 00000000:00000000 00:00000000 00000000 20001        0 2 1 0 20 4 30 10 -1
   5: 0200007F:A2D5 0100007F:10CC 01 00000000:00000000 00:00000000 00000000 20002        0 3 1 0 20 4 30 10 -1`;

it("the owner of a loopback socket is found by both its ends, and nobody else's is taken for it", () => {
  expect(findOwner(table, 0xa2d4, 0x10cc)).toEqual({ kind: "user", uid: 20_001 });
  expect(findOwner(table, 0xa2d7, 0x10cc)).toEqual({ kind: "user", uid: 20_001 });
  expect(findOwner(table, 0xa2d6, 0x10cc)).toEqual({ kind: "user", uid: 0 });
  expect(findOwner(table, 0xa2d5, 0x10cc)).toEqual({ kind: "unknown" });
  expect(findOwner("", 1, 2)).toEqual({ kind: "unknown" });
});

it("a connection that is closing and has no owner left is not taken for root's", () => {
  expect(findOwner(table, 0xa2d4, 0x22b8)).toEqual({ kind: "gone" });
});
