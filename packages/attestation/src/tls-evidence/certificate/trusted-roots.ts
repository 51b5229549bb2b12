import { X509Certificate } from "node:crypto";

type Roots = ReadonlyMap<string, readonly X509Certificate[]>;

/** A system's roots are some 150 certificates: parsed once for each array that is given. */
const parsed = new WeakMap<readonly string[], Roots>();

/** Roots by their subject. Throws an Error for what is no certificate: that is a mistake of the installation. */
export function rootsByName(roots: readonly string[]): Roots {
  const known = parsed.get(roots);
  if (known !== undefined) return known;
  const byName = Map.groupBy(roots.flatMap(parseRoots), ({ subject }) => subject);
  parsed.set(roots, byName);
  return byName;
}

/** A file may hold several. */
function parseRoots(pem: string, index: number): X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0) throw new Error(`roots[${index}] has no certificate in it: give PEM.`);
  return blocks.map((block) => {
    try {
      return new X509Certificate(block);
    } catch (error) {
      throw new Error(`roots[${index}] has a certificate that cannot be read.`, { cause: error });
    }
  });
}
