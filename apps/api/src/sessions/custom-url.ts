import { AppError } from "@attestream/shared";
import { checkPublicUrl, portOf } from "../http/check-public-url.ts";

const webPort = 443;

/**
 * The login address that a session brings along, in normal form. Throws with the field where the
 * platform takes none or it is not one that a worker would open. The address behind its name is
 * checked by the worker, each time it connects.
 */
export function checkCustomUrl(
  text: string,
  platform: { allowCustomUrl?: boolean | undefined },
  devHosts: readonly string[],
): string {
  if (platform.allowCustomUrl !== true) throw new AppError("custom_url_not_allowed", { param: "customUrl" });
  const refuse = (problem: string) =>
    new AppError("custom_url_invalid", { message: `customUrl ${problem}.`, param: "customUrl" });
  const checked = checkPublicUrl(text, devHosts);
  if (!checked.ok) throw refuse(checked.problem);
  const { url, isDevHost } = checked;
  if (url.protocol !== "https:") throw refuse("must use https");
  if (!isDevHost && portOf(url) !== webPort) throw refuse("must not name a port; browsers reach 443 only");
  return url.href;
}
