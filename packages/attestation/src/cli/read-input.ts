import { readFile } from "node:fs/promises";
import { parseProof, UnreadableProof, type Proof } from "../verify/parse-proof.ts";

/** The command cannot be carried out as it was given. The message says what to do instead. */
export class InputError extends Error {}

/** As the verifier's own reader; what it refuses is a command that cannot be carried out. */
export function readProof(text: string): Proof {
  try {
    return parseProof(text);
  } catch (error) {
    throw error instanceof UnreadableProof ? new InputError(error.message) : error;
  }
}

export function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new InputError(`${what} is not valid JSON.`);
  }
}

export async function readTextFile(path: string, what: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
    throw new InputError(`${what} ${path} could not be read (${code}).`);
  }
}
