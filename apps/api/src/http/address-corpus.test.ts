import { createAddressGuard, resolvePublic } from "@attestream/address-guard";
import { acceptedUrls, publicAddresses, refusedAddresses, refusedUrls } from "@attestream/address-guard/corpus";
import { describe, expect, it } from "vitest";
import { checkCustomUrl } from "../sessions/custom-url.ts";
import { checkWebhookTarget } from "../webhooks/webhook-target.ts";

const guard = createAddressGuard({ ownAddresses: () => new Set() });

/** As a webhook is sent: the text is judged, then where its name leads. */
async function isSentTo(url: string, answers: readonly string[]): Promise<boolean> {
  const target = checkWebhookTarget(url, []);
  if (!target.ok) return false;
  return (await resolvePublic(target.url.hostname, { guard, resolve: async () => [...answers] })).ok;
}

function isTakenAsCustomUrl(url: string): boolean {
  try {
    checkCustomUrl(url, { allowCustomUrl: true }, []);
    return true;
  } catch {
    return false;
  }
}

/** URL parsers read an address in many spellings; a host is written in brackets when it is IPv6. */
const asHost = (address: string) => (address.includes(":") ? `[${address}]` : address);

describe("webhooks", () => {
  it.each(refusedUrls)("do not go to $url: $what", async ({ url, answers = ["93.184.216.34"] }) => {
    expect(await isSentTo(url, answers)).toBe(false);
  });

  it.each(acceptedUrls)("go to $url: $what", async ({ url, answers = [] }) => {
    expect(await isSentTo(url, answers)).toBe(true);
  });

  it("go to no bad address, by number or by name, and to every good one by name", async () => {
    const sent: string[] = [];
    for (const { address } of refusedAddresses) {
      if (await isSentTo(`https://${asHost(address)}/`, ["93.184.216.34"])) sent.push(address);
      if (await isSentTo("https://hook.example.com/", [address])) sent.push(address);
      if (await isSentTo("https://hook.example.com/", ["93.184.216.34", address])) sent.push(address);
    }
    expect(sent).toEqual([]);
    const refused: string[] = [];
    for (const { address } of publicAddresses)
      if (!(await isSentTo("https://hook.example.com/", [address]))) refused.push(address);
    expect(refused).toEqual([]);
  });
});

describe("a login address that a session brings", () => {
  // Where a name leads is the worker's to check, each time it connects.
  it.each(refusedUrls.filter(({ answers, url }) => answers === undefined || /localhost/.test(url)))(
    "is not $url: $what",
    ({ url }) => {
      expect(isTakenAsCustomUrl(url)).toBe(false);
    },
  );

  it.each(acceptedUrls)("may be $url: $what", ({ url }) => {
    expect(isTakenAsCustomUrl(url)).toBe(true);
  });

  it("is no address at all", () => {
    const all = [...refusedAddresses, ...publicAddresses].map(({ address }) => `https://${asHost(address)}/`);
    expect(all.filter(isTakenAsCustomUrl)).toEqual([]);
  });
});
