import { openSync, closeSync, readFileSync, readSync } from "node:fs";

const chunkBytes = 8 * 1024 * 1024;

/** Which of these texts stand in a process's writable memory, as UTF-8 or as UTF-16. Reads /proc: Linux, same user or root. */
export function textsInMemory(pid: number, texts: readonly string[]): string[] {
  const needles = texts.flatMap((text) => [
    { text, bytes: Buffer.from(text, "utf8") },
    { text, bytes: Buffer.from(text, "utf16le") },
  ]);
  const overlap = Math.max(...needles.map(({ bytes }) => bytes.length));
  const found = new Set<string>();
  const memory = openSync(`/proc/${pid}/mem`, "r");
  try {
    for (const line of readFileSync(`/proc/${pid}/maps`, "utf8").split("\n")) {
      const range = /^([0-9a-f]+)-([0-9a-f]+) rw/.exec(line);
      if (range?.[1] === undefined || range[2] === undefined) continue;
      const end = Number.parseInt(range[2], 16);
      for (let at = Number.parseInt(range[1], 16); at < end; at += chunkBytes) {
        const bytes = readAt(memory, at, Math.min(chunkBytes + overlap, end - at));
        for (const needle of needles) if (bytes.includes(needle.bytes)) found.add(needle.text);
      }
    }
  } finally {
    closeSync(memory);
  }
  return [...found];
}

/** What is readable from there: a mapping may have gone, or have no pages, since the list was made. */
function readAt(memory: number, at: number, length: number): Buffer {
  const buffer = Buffer.alloc(length);
  try {
    return buffer.subarray(0, readSync(memory, buffer, 0, length, at));
  } catch {
    return Buffer.alloc(0);
  }
}
