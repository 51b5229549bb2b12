import { describe, expect, it } from "vitest";
import { createEventParser } from "./event-feed.ts";

describe("the event stream", () => {
  const stream = ': hi\n\ndata: {"a":1}\n\nevent: x\r\ndata: one\r\ndata: two\r\n\r\nid: 7\ndata:bare\n\n';

  it("gives the data of each event, whatever the pieces it arrives in", () => {
    const whole = createEventParser()(stream);
    expect(whole).toEqual(['{"a":1}', "one\ntwo", "bare"]);
    for (const size of [1, 2, 3, 7]) {
      const parse = createEventParser();
      const events: string[] = [];
      for (let at = 0; at < stream.length; at += size) events.push(...parse(stream.slice(at, at + size)));
      expect(events).toEqual(whole);
    }
  });

  it("holds back an event that is not complete", () => {
    const parse = createEventParser();
    expect(parse("data: x\n")).toEqual([]);
    expect(parse("\n")).toEqual(["x"]);
  });
});
