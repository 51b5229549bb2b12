import { parse } from "tldts";

const maxLength = 2048;
/** In the list of ICANN suffixes, and yet nothing that a name server of the internet answers for a web server. */
const refusedSuffix = /(^|\.)(onion|arpa)$/;

export type WebhookTarget =
  | {
      ok: true;
      url: URL;
      /** Named in WEBHOOK_DEV_HOSTS: plain http and addresses of this machine or network are allowed. */
      isDevHost: boolean;
    }
  | {
      ok: false;
      /** A sentence for the partner, which names what is wrong. */
      problem: string;
    };

/**
 * Says whether a URL may be a webhook target, as far as the text tells. Where the name leads is
 * looked at when a webhook is sent (resolve-public.ts), because it can change.
 */
export function checkWebhookTarget(text: string, devHosts: readonly string[]): WebhookTarget {
  if (text.length > maxLength) return refuse(`must not be longer than ${maxLength} characters`);
  const url = URL.parse(text);
  if (!url) return refuse("is not a URL; write for example https://www.example.com/webhooks");
  if (url.protocol !== "https:" && url.protocol !== "http:") return refuse("must begin with https://");
  if (url.username !== "" || url.password !== "") return refuse("must not hold a user name or password");
  if (text.includes("#")) return refuse("must not hold a fragment (#)");

  if (devHosts.some((host) => host.toLowerCase() === `${url.hostname}:${portOf(url)}`))
    return { ok: true, url, isDevHost: true };
  if (url.protocol !== "https:") return refuse("must use https");
  const { isIcann, isIp, domain } = parse(url.hostname, { allowPrivateDomains: false });
  if (isIp === true) return refuse("must name a host, not an IP address");
  if (isIcann !== true || domain === null || refusedSuffix.test(url.hostname) || url.hostname.endsWith(".")) {
    return refuse("must name a host with a valid top-level domain");
  }
  return { ok: true, url, isDevHost: false };
}

export function portOf(url: URL): number {
  if (url.port !== "") return Number(url.port);
  return url.protocol === "https:" ? 443 : 80;
}

function refuse(problem: string): WebhookTarget {
  return { ok: false, problem: `webhookUrl ${problem}.` };
}
