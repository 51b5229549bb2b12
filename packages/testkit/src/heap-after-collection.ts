import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";

const targetsSchema = z.tuple([z.looseObject({ webSocketDebuggerUrl: z.url() })]).rest(z.unknown());
const answerSchema = z.looseObject({ id: z.int(), result: z.record(z.string(), z.unknown()) });
const heapSchema = z.looseObject({ usedSize: z.number(), backingStorageSize: z.number().default(0) });
const pidSchema = z.looseObject({ result: z.looseObject({ value: z.int() }) });

/**
 * MiB that a Node process of this machine really uses after a full garbage collection, buffers
 * included: what stays is held by somebody. Asked through Node's own inspector, opened by SIGUSR1 on
 * loopback and closed again, so the programs know nothing of it.
 */
export async function heapAfterCollection(pid: number, signal: AbortSignal): Promise<number> {
  process.kill(pid, "SIGUSR1");
  const inspector = await Inspector.open(signal);
  try {
    const { result } = pidSchema.parse(await inspector.call("Runtime.evaluate", { expression: "process.pid" }));
    if (result.value !== pid) throw new Error("Another process answers at 127.0.0.1:9229; end its inspector.");
    await inspector.call("HeapProfiler.collectGarbage");
    const heap = heapSchema.parse(await inspector.call("Runtime.getHeapUsage"));
    // Later, because closing waits for us to be gone.
    const close = "setTimeout(() => process.getBuiltinModule('node:inspector').close(), 20)";
    await inspector.call("Runtime.evaluate", { expression: close });
    return (heap.usedSize + heap.backingStorageSize) / 2 ** 20;
  } finally {
    await inspector.close();
    await untilClosed(signal);
  }
}

class Inspector {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (result: Record<string, unknown>) => void>();
  readonly #gone = Promise.withResolvers<never>();
  #calls = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    this.#gone.promise.catch(() => undefined);
    socket.addEventListener("close", () => this.#gone.reject(new Error("The inspector closed.")));
    socket.addEventListener("message", ({ data }) => {
      const answer = answerSchema.safeParse(JSON.parse(String(data)));
      if (answer.success) this.#waiting.get(answer.data.id)?.(answer.data.result);
    });
  }

  static async open(signal: AbortSignal): Promise<Inspector> {
    let url: string | null = null;
    for (; url === null; await delay(20, undefined, { signal })) url = await inspectorUrl();
    const socket = new WebSocket(url);
    const opened = Promise.withResolvers<void>();
    socket.addEventListener("open", () => opened.resolve(), { once: true });
    socket.addEventListener("error", () => opened.reject(new Error("The inspector refuses.")), { once: true });
    await opened.promise;
    return new Inspector(socket);
  }

  call(method: string, params: object = {}): Promise<Record<string, unknown>> {
    const id = (this.#calls += 1);
    const answer = Promise.withResolvers<Record<string, unknown>>();
    this.#waiting.set(id, answer.resolve);
    this.#socket.send(JSON.stringify({ id, method, params }));
    return Promise.race([answer.promise, this.#gone.promise]);
  }

  async close(): Promise<void> {
    this.#socket.close();
    await this.#gone.promise.catch(() => undefined);
  }
}

async function inspectorUrl(): Promise<string | null> {
  try {
    const response = await fetch("http://127.0.0.1:9229/json/list", { headers: { connection: "close" } });
    return targetsSchema.parse(await response.json())[0].webSocketDebuggerUrl;
  } catch {
    return null;
  }
}

async function untilClosed(signal: AbortSignal): Promise<void> {
  while ((await inspectorUrl()) !== null) await delay(20, undefined, { signal });
}
