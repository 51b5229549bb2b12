import { expect, it } from "vitest";
import { createRecordings } from "./recordings.ts";

const limits = { connections: 2, connectionBytes: 10, totalBytes: 15, keepMs: 1_000, commitWithinMs: 100 };
const ticket = (connection: string, session = "s") => ({
  connection,
  link: "l",
  session,
  host: "bank.test",
  address: "192.0.2.1",
  port: 443,
});

function start() {
  let now = 0;
  const recordings = createRecordings(limits, () => new Date(now));
  return {
    recordings,
    pass: (ms: number) => {
      now += ms;
    },
    [Symbol.dispose]: () => recordings.close(),
  };
}

it("keeps as much of a connection as is allowed, and of all together", () => {
  using test = start();
  const first = test.recordings.open(ticket("a"));
  const second = test.recordings.open(ticket("b"));
  first?.received(Buffer.alloc(10));
  expect([first?.isComplete, first?.snapshot().received.length]).toEqual([true, 10]);
  second?.received(Buffer.alloc(6));
  expect([second?.isComplete, second?.snapshot().received.length]).toEqual([false, 0]);
  first?.received(Buffer.alloc(1));
  expect([first?.isComplete, first?.snapshot().received.length]).toEqual([false, 0]);
});

it("takes no more connections than are allowed, until one is forgotten", () => {
  using test = start();
  const first = test.recordings.open(ticket("a"));
  test.recordings.open(ticket("b", "t"));
  expect(test.recordings.open(ticket("c"))).toBeNull();
  first?.received(Buffer.alloc(10));
  test.recordings.forgetSession("s", "other link");
  expect(test.recordings.find("a", "l")).toBe(first);
  expect(test.recordings.find("a", "other link")).toBeNull();
  test.recordings.forgetSession("s", "l");
  expect(test.recordings.find("a", "l")).toBeNull();
  expect(first?.snapshot().received.length).toBe(0);
  const third = test.recordings.open(ticket("c"));
  // Its room is free again.
  third?.received(Buffer.alloc(10));
  expect(third?.isComplete).toBe(true);
});

it("forgets after a time, and what comes later is not kept", () => {
  using test = start();
  const recording = test.recordings.open(ticket("a"));
  recording?.received(Buffer.alloc(5));
  test.pass(1_000);
  test.recordings.open(ticket("b"));
  expect(test.recordings.find("a", "l")).toBeNull();
  recording?.received(Buffer.alloc(5));
  expect(recording?.snapshot().received.length).toBe(0);
});
