import type { ViewerMessage } from "@attestream/shared/viewer-protocol";
import { expect, it } from "vitest";
import { createInputLedger } from "./input-ledger.ts";

const down = { type: "key", action: "down", key: "a", code: "KeyA", location: 0, repeat: false, modifiers: 0 } as const;
const rest: ViewerMessage[] = [
  { ...down, action: "up" },
  { type: "ack", seq: 1 },
  { type: "compose", text: "a" },
];

it("tells how many keys, texts and presses did not arrive before the line broke", () => {
  const ledger = createInputLedger();
  expect(ledger.settle(40)).toBe(0);
  for (const message of [down, ...rest, down, { type: "text", text: "x" } as const]) ledger.noteSent(message);
  // A connection that never got to its first message is left out.
  expect(ledger.settle(41)).toBe(2);
  expect(ledger.settle(41)).toBe(0);
  ledger.noteSent(down);
  expect(ledger.settle(42)).toBe(0);
});
