import { parse } from "tldts";
import { AppError } from "@attestream/shared";

/** Refuses at once what could never be delivered to. Addresses are checked again, resolved, at every delivery. */
export function checkWebhookUrl(text: string, devHosts: readonly string[]): void {
  const refuse = (why: string) => {
    throw new AppError("webhook_url_invalid", { message: `webhookUrl ${why}`, param: "webhookUrl" });
  };
  if (!URL.canParse(text)) return refuse("is not a URL; write for example https://example.com/webhooks");
  const url = new URL(text);
  if (url.username !== "" || url.password !== "") return refuse("must not carry credentials; check the signature instead");
  if (url.hash !== "") return refuse("must not have a fragment");
  if (devHosts.includes(`${url.hostname}:${url.port || (url.protocol === "https:" ? "443" : "80")}`) && /^https?:$/.test(url.protocol)) return undefined;
  if (url.protocol !== "https:") return refuse("must be an https URL");
  const { isIcann, isIp, domain, publicSuffix } = parse(url.hostname);
  if (!isIcann || isIp || domain === null || publicSuffix === "onion" || publicSuffix === "arpa") return refuse("must have a host name with a valid top-level domain");
  return undefined;
}
