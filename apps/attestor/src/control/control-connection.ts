import {
  attestorCloseCodes,
  attestorUpMessageSchema,
  type AttestorDownMessage,
  type AttestorUpMessage,
} from "@attestream/shared/attestor-protocol";
import type { PublicJwk } from "@attestream/attestation";
import type { Logger } from "pino";
import type { WebSocket } from "ws";
import { AttestorRefused } from "../attestor-refused.ts";
import { greetWorker } from "./greet-worker.ts";

export interface ControlConnectionOptions {
  socket: WebSocket;
  token: string;
  key: PublicJwk;
  /** Carries it out; the answer, if it is one that is answered. Rejects with AttestorRefused. */
  obey: (message: AttestorUpMessage) => Promise<AttestorDownMessage | null>;
  onClose: () => void;
  log: Logger;
}

const greetWithinMs = 10_000;
const beatMs = 15_000;

/** One worker's link: makes sure that it is one, then takes its messages, one after the other. */
export function serveControlConnection({ socket, token, key, obey, onClose, log }: ControlConnectionOptions): void {
  const greeting = greetWorker(token, key);
  let isProven = false;
  let alive = true;
  const late = setTimeout(() => socket.terminate(), greetWithinMs);
  // A worker that is gone without a word holds recordings.
  const beat = setInterval(() => {
    if (!alive) return socket.terminate();
    alive = false;
    socket.ping();
  }, beatMs);
  const send = (message: object) => socket.send(JSON.stringify(message), () => {});

  const greet = async (text: string) => {
    const answer = await greeting.answer(text);
    if ("close" in answer) {
      log.warn({ code: answer.close }, "a control link was refused");
      return socket.close(answer.close);
    }
    clearTimeout(late);
    isProven = true;
    send(answer.proof);
    log.info("a worker has linked");
  };
  const take = async (text: string) => {
    if (!isProven) return greet(text);
    const message = parse(text);
    if (message === null) return socket.close(attestorCloseCodes.badMessage);
    try {
      const answer = await obey(message);
      if (answer) send(answer);
    } catch (error) {
      const refused = error instanceof AttestorRefused ? error : new AttestorRefused("internal");
      // Of an error of ours only its kind: its text may quote what was opened.
      log.warn({ asked: message.type, code: refused.code, detail: refused.detail, kind: kindOf(error) }, "refused");
      if ("id" in message) send(refusal(message.id, refused));
    }
  };

  let taken = Promise.resolve();
  socket.on("message", (data) => {
    const text = data.toString();
    taken = taken.then(() => (socket.readyState === socket.OPEN ? take(text) : undefined));
  });
  socket.on("pong", () => {
    alive = true;
  });
  socket.on("error", () => socket.terminate());
  socket.on("close", () => {
    clearTimeout(late);
    clearInterval(beat);
    onClose();
  });
  send(greeting.hello);
}

function refusal(id: number, { code, detail }: AttestorRefused): AttestorDownMessage {
  return { type: "refused", id, code, ...(detail === undefined ? {} : { detail }) };
}

function parse(text: string): AttestorUpMessage | null {
  try {
    return attestorUpMessageSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

function kindOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
