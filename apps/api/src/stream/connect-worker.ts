import { connect, type Socket } from "node:net";

/** Opens a connection to a worker's `host:port`; rejects when that takes longer than `timeoutMs` or the signal aborts. */
export function connectWorker(address: string, options: { timeoutMs: number; signal: AbortSignal }): Promise<Socket> {
  const { host, port } = parseAddress(address);
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const socket = connect({ host, port, noDelay: true, keepAlive: true });
  const fail = (error: Error) => {
    clearTimeout(timer);
    options.signal.removeEventListener("abort", stop);
    socket.destroy();
    reject(error);
  };
  const stop = () => fail(new Error("stopped while connecting to the worker"));
  const timer = setTimeout(() => fail(new Error("the worker does not accept connections in time")), options.timeoutMs);
  socket.once("error", fail);
  socket.once("connect", () => {
    clearTimeout(timer);
    options.signal.removeEventListener("abort", stop);
    socket.off("error", fail);
    resolve(socket);
  });
  if (options.signal.aborted) stop();
  else options.signal.addEventListener("abort", stop, { once: true });
  return promise;
}

function parseAddress(address: string): { host: string; port: number } {
  const at = address.lastIndexOf(":");
  return { host: address.slice(0, at).replace(/^\[(.*)\]$/, "$1"), port: Number(address.slice(at + 1)) };
}
