// In place of encoder-thread.ts: never answers.
import { parentPort } from "node:worker_threads";

parentPort?.on("message", () => {});
