import { calculateJwkThumbprint } from "jose";
import { Agent, fetch } from "undici";
import { publicJwkSchema, type PublicJwk } from "@attestream/attestation";
import { z } from "zod";

const timeoutMs = 5_000;
const maxBytes = 64 * 1024;

const keySetSchema = z.object({ keys: z.array(z.unknown()).max(50) });

/** The keys that an attestor publishes. Rejects with what is wrong, in words for the operator. */
export async function fetchAttestorKeys(url: string, extraCa: string | undefined): Promise<PublicJwk[]> {
  const agent = new Agent(extraCa === undefined ? {} : { connect: { ca: extraCa } });
  try {
    const response = await fetch(`${url}/.well-known/jwks.json`, {
      dispatcher: agent,
      redirect: "error",
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (!response.ok) throw new Error(`it answered with ${response.status}`);
    return await parseKeySet(JSON.parse(await readText(response.body ?? [])));
  } finally {
    await agent.close();
  }
}

/** ES256 keys whose `kid` is their RFC 7638 thumbprint: none can be published under another one's name. Others are passed over. */
export async function parseKeySet(value: unknown): Promise<PublicJwk[]> {
  const { keys } = keySetSchema.parse(value);
  const found: PublicJwk[] = [];
  for (const key of keys) {
    const parsed = publicJwkSchema.safeParse(key);
    if (parsed.success && (await calculateJwkThumbprint(parsed.data)) === parsed.data.kid) found.push(parsed.data);
  }
  if (found.length === 0) throw new Error("its key set has no ES256 key with its thumbprint as kid");
  return found;
}

async function readText(body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > maxBytes) throw new Error("its key set is too long");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
