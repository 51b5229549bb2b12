import { readHost } from "@attestream/address-guard";
import { parse } from "tldts";

const maxLength = 2048;
/** In the list of ICANN suffixes, and yet nothing that a name server of the internet answers for a web server. */
const refusedSuffix = /(^|\.)(onion|arpa)$/;

export type PublicUrl =
  | {
      ok: true;
      url: URL;
      /** Named among the development hosts: plain http and addresses of this machine or network are allowed. */
      isDevHost: boolean;
    }
  | {
      ok: false;
      /** What is wrong, to be put after the field's name. */
      problem: string;
    };

/**
 * Says whether a URL that a partner gave may be gone to, as far as the text tells: https, and a name
 * below a top-level domain of the internet. Where the name leads is looked at when it is connected to,
 * because it can change. `devHosts` are `host:port`, exactly.
 */
export function checkPublicUrl(text: string, devHosts: readonly string[]): PublicUrl {
  if (text.length > maxLength) return refuse(`must not be longer than ${maxLength} characters`);
  const url = URL.parse(text);
  if (!url) return refuse("is not a URL; write for example https://www.example.com/path");
  if (url.protocol !== "https:" && url.protocol !== "http:") return refuse("must begin with https://");
  if (url.username !== "" || url.password !== "") return refuse("must not hold a user name or password");
  if (text.includes("#")) return refuse("must not hold a fragment (#)");

  if (devHosts.some((host) => host.toLowerCase() === `${url.hostname}:${portOf(url)}`))
    return { ok: true, url, isDevHost: true };
  if (url.protocol !== "https:") return refuse("must use https");
  if (readHost(url.hostname).kind === "address") return refuse("must name a host, not an IP address");
  const { isIcann, domain } = parse(url.hostname, { allowPrivateDomains: false });
  if (isIcann !== true || domain === null || refusedSuffix.test(url.hostname) || url.hostname.endsWith(".")) {
    return refuse("must name a host with a valid top-level domain");
  }
  return { ok: true, url, isDevHost: false };
}

export function portOf(url: URL): number {
  if (url.port !== "") return Number(url.port);
  return url.protocol === "https:" ? 443 : 80;
}

function refuse(problem: string): PublicUrl {
  return { ok: false, problem };
}
