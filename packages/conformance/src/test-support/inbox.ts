import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { WebhookInbox } from "../check.ts";

type Delivery = Awaited<ReturnType<WebhookInbox["first"]>>;

/** A partner's webhook receiver, which takes everything. */
export async function startInbox(): Promise<WebhookInbox & { host: string } & AsyncDisposable> {
  const deliveries: Delivery[] = [];
  const arrived = new EventTarget();
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    deliveries.push({ headers, body: JSON.parse(Buffer.concat(chunks).toString()) as Delivery["body"] });
    response.writeHead(204).end();
    arrived.dispatchEvent(new Event("delivery"));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const host = `localhost:${(server.address() as AddressInfo).port}`;
  const of = (id: string) => deliveries.filter(({ body }) => body["sessionId"] === id);
  return {
    host,
    url: `http://${host}/hook`,
    count: (id) => of(id).length,
    async first(id) {
      for (;;) {
        const [delivery] = of(id);
        if (delivery) return delivery;
        await once(arrived, "delivery", { signal: AbortSignal.timeout(30_000) });
      }
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
