import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createResolve } from "./create-resolve.ts";

const types = { A: 1, AAAA: 28 } as const;
/** The last bytes of each answer; null: the server says nothing. */
type Records = Partial<Record<keyof typeof types, number[] | null>>;

describe("asking for a name", () => {
  let server: Socket;
  let address: string;
  const zone: Record<string, Records> = {
    "both.test": { A: [1, 2], AAAA: [3, 4] },
    "four.test": { A: [1], AAAA: [] },
    "six.test": { A: [], AAAA: [5] },
    "half.test": { A: [1], AAAA: null },
    "slow.test": { A: null, AAAA: null },
  };

  beforeEach(async () => {
    server = createSocket("udp4");
    server.on("message", (question, { port, address: from }) => {
      const answer = answerTo(question);
      if (answer) server.send(answer, port, from);
    });
    server.bind(0, "127.0.0.1");
    await once(server, "listening");
    address = `127.0.0.1:${server.address().port}`;
  });
  afterEach(() => {
    server.close();
  });

  /** Head of 12 bytes, the name's labels, a zero, type and class. */
  function answerTo(question: Buffer): Buffer | null {
    const end = question.indexOf(0, 12) + 5;
    const name = question.toString("latin1", 13, end - 5).replace(/[^a-z]/g, ".");
    const type = question.readUInt16BE(end - 4) === types.A ? "A" : "AAAA";
    const records = zone[name] ? zone[name][type] : [];
    if (!records) return null;
    const head = Buffer.from(question.subarray(0, end));
    head.writeUInt16BE(zone[name] ? 0x8180 : 0x8183, 2);
    head.writeUInt16BE(records.length, 6);
    head.writeUInt16BE(0, 10);
    return Buffer.concat([
      head,
      ...records.map((last) => {
        const data =
          type === "A" ? [93, 184, 216, last] : [0x2a, 0, 0x14, 0x50, ...Array.from({ length: 11 }, () => 0), last];
        return Buffer.from([0xc0, 12, 0, types[type], 0, 1, 0, 0, 0, 0, 0, data.length, ...data]);
      }),
    ]);
  }

  it.each([
    ["both.test", ["93.184.216.1", "2a00:1450::3", "93.184.216.2", "2a00:1450::4"]],
    ["four.test", ["93.184.216.1"]],
    ["six.test", ["2a00:1450::5"]],
    ["half.test", ["93.184.216.1"]],
    ["none.test", []],
  ])("%s gives the addresses of both families in turn", async (name, expected) => {
    expect(await createResolve({ servers: [address] })(name)).toEqual(expected);
  });

  it("holds up nobody else while a name server is silent", async () => {
    let answered = 0;
    const questions = Array.from({ length: 64 }, () =>
      createResolve({ servers: [address], timeoutMs: 1_000 })("slow.test").then((addresses) => {
        answered += 1;
        return addresses;
      }),
    );
    await once(server, "message");
    await readFile(import.meta.filename);
    expect(await createResolve({ servers: [address] })("four.test")).toEqual(["93.184.216.1"]);
    expect(answered).toBe(0);
    // It is asked a second time, and then answers.
    zone["slow.test"] = { A: [6], AAAA: [] };
    expect(new Set((await Promise.all(questions)).flat())).toEqual(new Set(["93.184.216.6"]));
  });
});
