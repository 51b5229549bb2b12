import { once } from "node:events";
import { connect, type Socket } from "node:net";
import type { Check } from "../report/check.ts";
import { pause } from "../system/neighbour.ts";

const clients = 500;
const dripMs = 1_000;
/** Its own limits are ten and thirty seconds; they are looked after every half minute. */
const cutWithinMs = 75_000;

/** Very many who say one letter in a second: others are served meanwhile, and these are sent away. */
export const slowCheck: Check = {
  name: "slow",
  title: `${clients} sockets that drip`,
  figures: [
    { name: "slow.served", unit: "% in 2 s", goal: { of: "value", atLeast: 100 } },
    { name: "slow.cut", unit: "% sent away", goal: { of: "value", atLeast: 100 } },
  ],
  async attack({ victim: start, progress, signal }) {
    const victim = await start();
    const { port } = new URL(victim.system.apiUrl);
    let open = 0;
    const sockets: Socket[] = [];
    for (let count = 0; count < clients; count++) {
      const socket = connect({
        host: "127.0.0.1",
        port: Number(port),
        localAddress: `127.9.${count % 250}.${1 + (count >> 8)}`,
      });
      socket.on("error", () => {});
      await once(socket, "connect");
      open += 1;
      socket.on("close", () => (open -= 1));
      // From addresses of their own: what one address does wrong is held against it.
      // Half of them never end their head, the others never their body.
      socket.write(
        count % 2 === 0
          ? "GET /partner/browser-platforms HTTP/1.1\r\nHost: x\r\nX-Slow: "
          : "POST /partner/browser-session HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 30000\r\n\r\n",
      );
      sockets.push(socket);
    }
    const dripping = setInterval(() => {
      for (const socket of sockets) if (!socket.destroyed) socket.write("x");
    }, dripMs);
    try {
      const asked = 100;
      let served = 0;
      for (let count = 0; count < asked; count++) {
        const response = await fetch(`${victim.system.apiUrl}/partner/browser-platforms`, {
          headers: { "x-api-key": victim.keys[0] },
          signal: AbortSignal.timeout(2_000),
        }).catch(() => null);
        if (response?.status === 200) served += 1;
        await response?.text();
      }
      progress(`  ${served} of ${asked} requests were served; waiting for the slow ones to be sent away`);
      const until = performance.now() + cutWithinMs;
      const isOver = () => open === 0 || performance.now() > until || signal.aborted;
      while (!isOver()) await pause(500);
      return {
        "slow.served": { value: (served / asked) * 100, note: `of ${asked} requests, beside ${clients} slow sockets` },
        "slow.cut": { value: ((clients - open) / clients) * 100, note: `within ${cutWithinMs / 1000} s` },
      };
    } finally {
      clearInterval(dripping);
      for (const socket of sockets) socket.destroy();
    }
  },
  holes: [
    {
      name: "slow clients may stay",
      figure: "slow.cut",
      patches: [
        {
          file: "apps/api/src/http/listen.ts",
          find: "headersTimeout: headersTimeoutMs,",
          replace: "headersTimeout: 0,",
        },
        {
          file: "apps/api/src/http/listen.ts",
          find: "requestTimeout: requestTimeoutMs,",
          replace: "requestTimeout: 0,",
        },
      ],
    },
  ],
};
