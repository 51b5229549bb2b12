import { createSocket } from "node:dgram";
import { once } from "node:events";
import { isIPv4 } from "node:net";
import { nameServer } from "./own-network.ts";

export interface NameServer extends AsyncDisposable {
  /** Every name that somebody has asked for, once for each question. */
  asked: string[];
}

const port = 53;
/** An answer comes from the address that was asked: bound to all at once, another would be chosen. */
const listensAt = [nameServer, "127.0.0.1", "10.99.77.1", "169.254.169.254", "::1", "fd00:a77::1"];

/** The name server of this program's own network: it answers by `answer`, and remembers who was asked for. */
export async function startNameServer(answer: (name: string, family: 4 | 6) => readonly string[]): Promise<NameServer> {
  const asked: string[] = [];
  const sockets = listensAt.map((address) => {
    const socket = createSocket(isIPv4(address) ? "udp4" : "udp6");
    socket.on("message", (question, { port: from, address: asker }) => {
      const { name, type, end } = readQuestion(question);
      asked.push(name);
      const family = type === 1 ? 4 : type === 28 ? 6 : null;
      const addresses = family === null ? [] : answer(name, family).filter((one) => isIPv4(one) === (family === 4));
      socket.send(encodeAnswer(question.subarray(0, end), type, addresses), from, asker);
    });
    socket.bind(port, address);
    return socket;
  });
  await Promise.all(sockets.map((socket) => once(socket, "listening")));
  return {
    asked,
    async [Symbol.asyncDispose]() {
      await Promise.all(
        sockets.map((socket) => {
          const closed = once(socket, "close");
          socket.close();
          return closed;
        }),
      );
    },
  };
}

/** One question stands after twelve bytes of head: labels with their lengths, a zero, type and class. */
function readQuestion(packet: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = packet[at] ?? 0; length > 0; length = packet[at] ?? 0) {
    labels.push(packet.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join(".").toLowerCase(), type: packet.readUInt16BE(at + 1), end: at + 5 };
}

function encodeAnswer(question: Buffer, type: number, addresses: readonly string[]): Buffer {
  const head = Buffer.from(question);
  // An answer, no error; a name without addresses exists all the same.
  head.writeUInt16BE(0x8180, 2);
  head.writeUInt16BE(addresses.length, 6);
  head.writeUInt16BE(0, 8);
  head.writeUInt16BE(0, 10);
  const records = addresses.map((address) => {
    const bytes = isIPv4(address) ? Buffer.from(address.split(".").map(Number)) : ipv6Bytes(address);
    const record = Buffer.alloc(12);
    record.writeUInt16BE(0xc00c, 0);
    record.writeUInt16BE(type, 2);
    record.writeUInt16BE(1, 4);
    // Never kept: the next question is asked again.
    record.writeUInt32BE(0, 6);
    record.writeUInt16BE(bytes.length, 10);
    return Buffer.concat([record, bytes]);
  });
  return Buffer.concat([head, ...records]);
}

function ipv6Bytes(address: string): Buffer {
  // The URL parser knows all ways of writing them, IPv4 at the end too.
  const [before = "", after] = new URL(`http://[${address}]`).hostname.slice(1, -1).split("::");
  const groups = (text: string | undefined) => (text ? text.split(":") : []);
  const [front, back] = [groups(before), groups(after)];
  const all = [...front, ...Array.from({ length: 8 - front.length - back.length }, () => "0"), ...back];
  const bytes = Buffer.alloc(16);
  for (const [index, group] of all.entries()) bytes.writeUInt16BE(Number.parseInt(group, 16), index * 2);
  return bytes;
}
