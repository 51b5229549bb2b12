import { z } from "zod";

/** Where an attestor is, and what the operator knows of it. */
export interface AttestorAddress {
  /** Base, without a slash at its end. */
  url: string;
  /** Thumbprint (RFC 7638) of the only key that is taken from it. */
  kid?: string;
  /** The only platforms that it is asked for. */
  platforms?: string[];
}

const form = "write for example https://attestor.example.com, or https://attestor.example.com#kid=<thumbprint>";

/** `https://host:port#kid=thumbprint&platforms=name+name,…`: attestors in the order in which they are tried. */
export const attestorsSchema = z.string().transform((text, context): AttestorAddress[] => {
  const found: AttestorAddress[] = [];
  for (const entry of text.split(",").map((part) => part.trim())) {
    if (entry === "") continue;
    const problem = read(entry, found);
    if (problem === null) continue;
    context.addIssue({ code: "custom", message: `"${entry}" ${problem}` });
    return z.NEVER;
  }
  return found;
});

/** What is wrong with it, or null and it is among those found. */
function read(entry: string, found: AttestorAddress[]): string | null {
  const url = URL.parse(entry);
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== "" || url.search !== "")
    return `is not the address of an attestor; ${form}`;
  if (url.protocol === "http:" && !isNear(url.hostname))
    return "must be https: what goes to an attestor elsewhere must not be read on the way; http is for this machine, and for names without a dot in a network of your own containers";
  const options = new URLSearchParams(url.hash.slice(1));
  const kid = options.get("kid");
  const platforms = options.get("platforms");
  if ([...options.keys()].some((name) => name !== "kid" && name !== "platforms"))
    return `has an option that is not known; there are kid and platforms; ${form}`;
  if (kid !== null && !/^[A-Za-z0-9_-]{43}$/.test(kid))
    return "has a kid that is no thumbprint of a key; the attestor prints it when it starts";
  url.hash = "";
  const base = url.href.replace(/\/+$/, "");
  if (found.some((other) => other.url === base)) return "is named twice";
  found.push({
    url: base,
    ...(kid === null ? {} : { kid }),
    // A plus is a space to URLSearchParams.
    ...(platforms === null ? {} : { platforms: platforms.split(/[ +]+/).filter((name) => name !== "") }),
  });
  return null;
}

/** This machine, or a name that only a network of the operator's own knows. */
function isNear(hostname: string): boolean {
  return hostname === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(hostname) || /^[a-z][a-z0-9-]*$/.test(hostname);
}
