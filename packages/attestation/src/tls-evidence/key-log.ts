/** One line of an NSS key log (SSLKEYLOGFILE). Null for comments and for anything else. `clientRandom` is in lower-case hex. */
export function parseKeyLogLine(line: string): { label: string; clientRandom: string; secret: Uint8Array } | null {
  const match = /^([A-Z0-9_]{1,64}) ([0-9a-fA-F]{64}) ((?:[0-9a-fA-F]{2}){16,64})\r?\n?$/.exec(line);
  const [, label, clientRandom, secret] = match ?? [];
  if (label === undefined || clientRandom === undefined || secret === undefined) return null;
  return { label, clientRandom: clientRandom.toLowerCase(), secret: Buffer.from(secret, "hex") };
}
