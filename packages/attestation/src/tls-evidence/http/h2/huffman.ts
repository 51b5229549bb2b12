import { TlsEvidenceRefused } from "../../tls-refusal.ts";

/**
 * How many bits the code of each byte has (RFC 7541, appendix B); the last is the end of the string. The codes follow
 * from that: those of one length are numbered on by byte, and the next length goes on behind them.
 */
// oxfmt-ignore
const bitLengths = [
  13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28,
  6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,
  13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6,
  15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28,
  20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24,
  22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
  26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27,
  20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26,
  30,
];
const endOfString = 256;
const longestCode = 30;

interface CodesOfLength {
  first: number;
  symbols: readonly number[];
}

let codes: readonly CodesOfLength[] | null = null;

/** The codes by their length. Throws when the lengths do not make a whole tree: then a length is wrong. */
export function huffmanCodes(): readonly CodesOfLength[] {
  codes ??= numberCodes();
  return codes;
}

function numberCodes(): CodesOfLength[] {
  const table: CodesOfLength[] = [];
  let next = 0;
  for (let length = 0; length <= longestCode; length += 1) {
    next *= 2;
    const symbols = bitLengths.flatMap((bits, symbol) => (bits === length ? [symbol] : []));
    table.push({ first: next, symbols });
    next += symbols.length;
  }
  if (next !== 2 ** longestCode) throw new Error("the code's lengths do not fill its tree");
  return table;
}

export function decodeHuffman(bytes: Uint8Array): Uint8Array {
  const table = huffmanCodes();
  const decoded: number[] = [];
  let code = 0;
  let length = 0;
  for (const byte of bytes) {
    for (let bit = 7; bit >= 0; bit -= 1) {
      code = code * 2 + ((byte >> bit) & 1);
      length += 1;
      const entry = table[length];
      const symbol = entry?.symbols[code - entry.first];
      if (symbol === undefined) continue;
      if (symbol === endOfString) refuse();
      decoded.push(symbol);
      code = 0;
      length = 0;
    }
  }
  // What is left of the last byte is the beginning of the end of the string, which is all ones.
  if (length > 7 || code !== 2 ** length - 1) refuse();
  return Uint8Array.from(decoded);
}

function refuse(): never {
  throw new TlsEvidenceRefused("http_invalid", "A Huffman code.");
}
