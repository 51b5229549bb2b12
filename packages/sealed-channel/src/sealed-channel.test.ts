import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createViewerEnd, SealError } from "./viewer.ts";
import { createSessionSealKey, createWorkerIdentity } from "./worker.ts";

const scope = { sessionId: "0e0b1d52-6d5e-4c53-9a57-0d9ad8a6f001", epoch: 3 };
const identity = await createWorkerIdentity();
const workerKeys = { keys: [identity.publicJwk] };
const bytes = (text: string) => new TextEncoder().encode(text);

async function connect() {
  const key = await createSessionSealKey(scope);
  const statement = await identity.sign({ ...scope, publicKey: key.publicKey });
  const viewer = await createViewerEnd({ statement, workerKeys, sessionId: scope.sessionId });
  return { key, statement, viewer, worker: await key.accept(viewer.offer) };
}

describe("a sealed channel", () => {
  it("carries any messages both ways, in order, also when calls overlap", async () => {
    const { viewer, worker } = await connect();
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 2_000 }), { maxLength: 8 }), async (messages) => {
        const up = await Promise.all(messages.map((message) => viewer.seal(message)));
        expect(await Promise.all(up.map((sealed) => worker.open(sealed)))).toEqual(
          messages.map((m) => new Uint8Array(m)),
        );
        const down = messages.map((message) => worker.seal(message));
        expect(await Promise.all(down.map((sealed) => viewer.open(sealed)))).toEqual(
          messages.map((m) => new Uint8Array(m)),
        );
      }),
      { numRuns: 50 },
    );
  });

  it("shows nothing of a message but its length", async () => {
    const { viewer, worker } = await connect();
    const canary = "correct horse battery staple";
    for (const sealed of [await viewer.seal(bytes(canary)), worker.seal(bytes(canary))]) {
      expect(Buffer.from(sealed).includes(canary)).toBe(false);
      expect(sealed.byteLength).toBe(canary.length + 16);
    }
  });

  it("refuses a changed, repeated, left out, reordered or reflected message, and stays closed", async () => {
    const change = (sealed: Uint8Array) => {
      const copy = new Uint8Array(sealed);
      copy[copy.length - 1] = (copy[copy.length - 1] ?? 0) ^ 1;
      return copy;
    };
    for (const attack of ["changed", "repeated", "left out", "reflected", "short"] as const) {
      const { viewer, worker } = await connect();
      const [first, second] = [worker.seal(bytes("one")), worker.seal(bytes("two"))];
      const [upFirst, upSecond] = [await viewer.seal(bytes("one")), await viewer.seal(bytes("two"))];
      const tries = {
        changed: [[change(first)], [change(upFirst)]],
        repeated: [
          [first, first],
          [upFirst, upFirst],
        ],
        "left out": [[second], [upSecond]],
        reflected: [[upFirst], [first]],
        short: [[first.subarray(0, 8)], [upFirst.subarray(0, 8)]],
      }[attack] as [Uint8Array[], Uint8Array[]];
      const openAll = async (end: { open(sealed: Uint8Array): Promise<Uint8Array> }, messages: Uint8Array[]) => {
        for (const message of messages) await end.open(message);
      };
      await expect(openAll(viewer, tries[0]), attack).rejects.toThrow(SealError);
      await expect(openAll(worker, tries[1]), attack).rejects.toThrow(SealError);
      await expect(viewer.open(worker.seal(bytes("three")))).rejects.toThrow(SealError);
      await expect(worker.open(await viewer.seal(bytes("three")))).rejects.toThrow(SealError);
    }
  });

  it("opens nothing of another connection to the same session", async () => {
    const { key, statement, viewer } = await connect();
    const other = await createViewerEnd({ statement, workerKeys, sessionId: scope.sessionId });
    const otherWorker = await key.accept(other.offer);
    await expect(otherWorker.open(await viewer.seal(bytes("one")))).rejects.toThrow(SealError);
    await expect(viewer.open(otherWorker.seal(bytes("one")))).rejects.toThrow(SealError);
  });
});

describe("the worker's key", () => {
  it("is refused unless a published worker has signed it for this session", async () => {
    const key = await createSessionSealKey(scope);
    const statement = await identity.sign({ ...scope, publicKey: key.publicKey });
    const stranger = await createWorkerIdentity();
    const refused = async (over: { statement?: string; sessionId?: string; workerKeys?: typeof workerKeys }) =>
      expect(createViewerEnd({ statement, workerKeys, sessionId: scope.sessionId, ...over })).rejects.toThrow(
        SealError,
      );
    await refused({ workerKeys: { keys: [stranger.publicJwk] } });
    await refused({ workerKeys: { keys: [{ ...stranger.publicJwk, kid: identity.publicJwk["kid"] ?? "" }] } });
    await refused({ statement: await stranger.sign({ ...scope, publicKey: key.publicKey }) });
    await refused({ sessionId: "7d6f5f0e-7f0b-4f7c-a1c5-53a0f8b8f002" });
    await refused({ statement: `${statement.slice(0, -4)}AAAA` });
    await refused({ statement: await identity.sign({ ...scope, publicKey: "AAAA" }) });
    await refused({ statement: "" });
  });

  it("of another assignment opens nothing", async () => {
    const key = await createSessionSealKey({ ...scope, epoch: 4 });
    const statement = await identity.sign({ ...scope, publicKey: key.publicKey });
    const viewer = await createViewerEnd({ statement, workerKeys, sessionId: scope.sessionId });
    const worker = await key.accept(viewer.offer);
    await expect(worker.open(await viewer.seal(bytes("one")))).rejects.toThrow(SealError);
  });

  it("takes no offer that is not a key", async () => {
    const key = await createSessionSealKey(scope);
    for (const offer of ["", "A", "AAAA", "not base64!", "A".repeat(87)])
      await expect(key.accept(offer)).rejects.toThrow(SealError);
  });
});
