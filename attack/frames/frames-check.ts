import { sealSubprotocolPrefix, ticketSubprotocolPrefix, viewerSubprotocol } from "@attestream/shared/viewer-protocol";
import { heapAfterCollection } from "@attestream/testkit";
import type { Check } from "../report/check.ts";
import { enter, frameCaller, streamTicket, viewerEnd } from "../system/frame-calls.ts";
import { livelyPage, openNeighbour, pause } from "../system/neighbour.ts";
import type { Victim } from "../system/victim.ts";
import { malformedFrame, malformedMessage } from "./malformed-frames.ts";
import { openRaw, pour } from "./raw-socket.ts";

/** So many wrong messages are said on one connection, before one wrong frame ends it. */
const burst = 500;

/** Garbage on the viewer's WebSocket and on the workers' door: nobody falls over, nothing piles up, others go on. */
export const framesCheck: Check = {
  name: "frames",
  title: "malformed frames on the viewer's stream and on the control link",
  figures: [
    { name: "frames.crashes", unit: "processes", goal: { of: "value", atMost: 0 } },
    { name: "frames.memory", unit: "MiB more", goal: { of: "value", atMost: 20 } },
    { name: "frames.neighbour", unit: "pictures", goal: { of: "value", atLeast: 1 } },
  ],
  pages: { lively: livelyPage },
  async attack({ victim: start, quick, progress }) {
    const victim = await start();
    const { api, worker } = victim.system.parts;
    const ended = new Set<string>();
    void api.exited.then(() => ended.add("the API"));
    void worker.exited.then(() => ended.add("the worker"));
    await using neighbour = await openNeighbour(victim);
    const { sessionId, embedUrl } = await victim.createSession("lively");
    const caller = frameCaller(embedUrl);
    const secret = await enter(caller);
    const patience = AbortSignal.timeout(60_000);
    const onStream = async () => {
      const ticket = await streamTicket(caller, secret, patience);
      const { offer } = await viewerEnd(caller, ticket);
      const protocols = [
        viewerSubprotocol,
        `${ticketSubprotocolPrefix}${ticket.ticket}`,
        `${sealSubprotocolPrefix}${offer}`,
      ];
      return await openRaw(ticket.url, { "Sec-WebSocket-Protocol": protocols.join(", "), Origin: caller.origin });
    };
    const onControl = () =>
      openRaw(`${victim.system.apiUrl.replace("http", "ws")}/internal/worker`, {
        Authorization: `Bearer ${victim.workerToken}`,
      });
    const total = quick ? 6_000 : 100_000;
    let before = 0;
    let sent = 0;
    let refused = 0;
    const sendBursts = async (until: number) => {
      while (sent < until && ended.size === 0) {
        for (const open of [onStream, onControl]) {
          const socket = await open().catch(() => null);
          if (socket === null) {
            refused += 1;
            if (refused > 50) throw new Error("the doors stay closed");
            await pause(100);
            continue;
          }
          await pour(socket, [...Array.from({ length: burst }, malformedMessage), malformedFrame()]);
          sent += burst + 1;
        }
      }
    };
    // Code is compiled and heaps find their size first.
    await sendBursts(total / 5);
    if (ended.size === 0) before = await memory(victim);
    const picturesBefore = neighbour.viewer.pictures;
    await sendBursts(total);
    await pause(quick ? 500 : 5_000);
    const after = ended.size === 0 ? await memory(victim) : before;
    progress(`  ${sent} frames`);
    neighbour.viewer.click(500, 500);
    await pause(1_000);
    const pictures = neighbour.viewer.pictures - picturesBefore;
    await victim.end(sessionId);
    return {
      "frames.crashes": { value: ended.size, note: [`${sent} frames`, ...ended].join(", ") },
      "frames.memory": {
        value: Math.max(0, after - before),
        note: `API and worker: ${Math.round(before)} -> ${Math.round(after)}`,
      },
      "frames.neighbour": { value: pictures, note: "in another session, meanwhile" },
    };
  },
  holes: [
    {
      name: "a bad message of a viewer ends the worker",
      figure: "frames.crashes",
      patches: [
        {
          file: "apps/browser-worker/src/stream/viewer-connection.ts",
          find: "if (message === null) this.close(viewerCloseCodes.badMessage);",
          replace: "if (message === null) process.exit(1);",
        },
      ],
    },
    {
      name: "bad messages of workers are kept",
      figure: "frames.memory",
      patches: [
        {
          file: "apps/api/src/workers/worker-gateway.ts",
          find: 'socket.on("message", (data, isBinary) => {',
          replace:
            '(globalThis as any).kept ??= []; socket.on("message", (data: any, isBinary: any) => { (globalThis as any).kept.push(Buffer.alloc(20_000, 1));',
        },
      ],
    },
  ],
};

/** MiB that are held after a full collection: what has only not been swept yet is no growth. */
async function memory({ apiPid, workerPid }: Victim): Promise<number> {
  const signal = AbortSignal.timeout(60_000);
  return (await heapAfterCollection(apiPid, signal)) + (await heapAfterCollection(workerPid, signal));
}
