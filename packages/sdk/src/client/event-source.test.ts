import { describe, expect, it } from "vitest";
import { readEventStream, type ServerSentEvent } from "./event-source.ts";

async function read(...chunks: string[]) {
  const bytes = chunks.map((chunk) => new TextEncoder().encode(chunk));
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller) {
      for (const chunk of bytes) controller.enqueue(chunk);
      controller.close();
    },
  });
  const events: (ServerSentEvent | null)[] = [];
  for await (const event of readEventStream(body)) events.push(event);
  return events;
}

describe("an event stream", () => {
  it("is read the same wherever it is cut", async () => {
    const text = 'id: 1\ndata: {"a":1}\n\n: heartbeat\n\nid: 2\r\ndata: one\r\ndata:two\r\n\r\n';
    const expected = [{ id: "1", data: '{"a":1}' }, null, { id: "2", data: "one\ntwo" }];
    expect(await read(text)).toEqual(expected);
    expect(await read(...text)).toEqual(expected);
    for (let at = 1; at < text.length; at += 1) expect(await read(text.slice(0, at), text.slice(at))).toEqual(expected);
  });

  it("gives nothing of an event that did not arrive whole", async () => {
    expect(await read("id: 1\ndata: x\n\nid: 2\ndata: y\n")).toEqual([{ id: "1", data: "x" }]);
    expect(await read("retry: 5\nevent: other\n\n")).toEqual([]);
  });
});
