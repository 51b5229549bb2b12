import { once } from "node:events";
import type { PartProcess } from "./part-process.ts";
import type { System } from "./system.ts";

/**
 * Waits until told to stop. A worker that ends is replaced, as a container platform would: its
 * sessions have been given a status by the API. Any other part that ends takes the system with it.
 * Resolves to the exit code.
 */
export async function supervise(system: System, signal: AbortSignal): Promise<number> {
  const stopped = signal.aborted ? Promise.resolve() : once(signal, "abort");
  let worker: PartProcess = system.parts.worker;
  const lost = Promise.race(
    [system.parts.api, system.parts.attestor, system.parts.bank, system.parts.partner].flatMap((part) =>
      part ? [part.exited.then(() => part.name)] : [],
    ),
  );
  for (;;) {
    const event = await Promise.race([
      stopped.then(() => "stop" as const),
      worker.exited.then(() => "worker" as const),
      lost,
    ]);
    if (event === "stop" || signal.aborted) {
      await system.stop();
      return 0;
    }
    if (event !== "worker") {
      process.stderr.write(`${event} has ended unexpectedly; stopping everything.\n`);
      await system.stop();
      return 1;
    }
    process.stderr.write("The worker has ended; starting another.\n");
    try {
      worker = await system.startWorker();
    } catch (error) {
      await system.stop();
      throw error;
    }
  }
}
