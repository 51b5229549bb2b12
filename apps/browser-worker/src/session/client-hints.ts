import type { BrowserContext, Page } from "playwright";

const systems = [
  { sign: /Windows/, hinted: "Windows", platform: "Win32" },
  { sign: /Android/, hinted: "Android", platform: "Linux armv81" },
  { sign: /Macintosh/, hinted: "macOS", platform: "MacIntel" },
  { sign: /./, hinted: "Linux", platform: "Linux x86_64" },
] as const;

/**
 * Client hints and `navigator.platform` that say the same as the user agent: headless Chromium names
 * itself in the hints whatever its user agent says. Holds for what the pages of the context load from
 * now on; the very first document of a window that a page opens is asked for before it can be told.
 */
export async function alignClientHints(context: BrowserContext, page: Page): Promise<void> {
  const seen = await page.evaluate<[string, string]>("[navigator.userAgent, navigator.languages.join()]");
  const override = overrideFor(...seen);
  const tell = async (which: Page) => {
    const session = await context.newCDPSession(which);
    await session.send("Emulation.setUserAgentOverride", override);
  };
  context.on("page", (opened) => {
    // A window that closes at once need not be told.
    tell(opened).catch(() => undefined);
  });
  await tell(page);
}

function overrideFor(userAgent: string, acceptLanguage: string) {
  const { hinted, platform } = systems.find(({ sign }) => sign.test(userAgent)) ?? systems[3];
  const [, version] = /Chrome\/(\d+)/.exec(userAgent) ?? [];
  // Chrome puts a brand that does not exist beside its own, so that nobody relies on the list.
  const brands = version === undefined ? [] : [{ brand: "Not:A-Brand", version: "8" }, { brand: "Chromium", version }]; // prettier-ignore
  return {
    userAgent,
    acceptLanguage,
    platform,
    userAgentMetadata: {
      brands,
      fullVersionList: brands.map(({ brand, version: major }) => ({ brand, version: `${major}.0.0.0` })),
      platform: hinted,
      platformVersion: "",
      architecture: hinted === "Android" ? "" : "x86",
      bitness: hinted === "Android" ? "" : "64",
      model: "",
      mobile: /Mobile/.test(userAgent),
    },
  };
}
