import { expect, it } from "vitest";
import { createCopiedText } from "./copied-text.ts";

const key = (name: string, modifiers: number) =>
  ({ type: "key", action: "down", key: name, code: "", location: 0, repeat: false, modifiers }) as const;

function create(write: (text: string) => Promise<void>) {
  let time = 0;
  const refused: string[] = [];
  const copied = createCopiedText({ write, now: () => time, onRefused: (text) => refused.push(text) });
  return { copied, refused, wait: (ms: number) => (time += ms) };
}

it("goes into the clipboard once for each copy key, and is offered otherwise", () => {
  const written: string[] = [];
  const { copied, refused, wait } = create(async (text) => void written.push(text));
  copied.take("by the page itself");
  copied.noteSent(key("c", 0));
  copied.take("after a plain letter");
  copied.noteSent(key("c", 2));
  copied.take("copied");
  copied.take("again by the page");
  copied.noteSent(key("X", 10));
  copied.take("cut");
  copied.noteSent(key("c", 2));
  wait(5_000);
  copied.take("too late");
  expect(written).toEqual(["copied", "cut"]);
  expect(refused).toEqual(["by the page itself", "after a plain letter", "again by the page", "too late"]);
});

it("is offered where the browser refuses", async () => {
  const { copied, refused } = create(() => Promise.reject(new Error("not allowed")));
  copied.noteSent(key("c", 2));
  copied.take("text");
  await expect.poll(() => refused).toEqual(["text"]);
});
