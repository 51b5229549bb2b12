import { checkPublicUrl, type PublicUrl } from "../http/check-public-url.ts";

/** Says whether a URL may be a webhook target, as far as the text tells; the address guard looks at where it leads. */
export function checkWebhookTarget(text: string, devHosts: readonly string[]): PublicUrl {
  const checked = checkPublicUrl(text, devHosts);
  return checked.ok ? checked : { ok: false, problem: `webhookUrl ${checked.problem}.` };
}
