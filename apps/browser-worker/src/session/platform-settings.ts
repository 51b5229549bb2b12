import { expandAllow, platformDefinitionSchema } from "@attestream/workflow/schema";
import type { BrowserContextOptions } from "playwright";

export interface PlatformSettings {
  /** The platform's, as the operator's settings name it. */
  name: string;
  /** Names the browser may reach, those of presets among them. */
  allow: string[];
  context: BrowserContextOptions;
}

export const defaultViewport = { width: 1280, height: 720 } as const;

/** What the browser must know of a platform before its tree runs. Null: not a platform file of this version. */
export function readPlatformSettings(options: {
  platform: unknown;
  loginUrl: string;
  locale: string | undefined;
  browserVersion: string;
}): PlatformSettings | null {
  const parsed = platformDefinitionSchema.safeParse(options.platform);
  if (!parsed.success) return null;
  const { name, allow, allowCustomUrl, browser } = parsed.data;
  const locale = browser?.locale ?? knownLocale(options.locale);
  return {
    name,
    // A custom login URL brings its own host; the address behind it is checked like any other.
    allow: expandAllow(allowCustomUrl === true ? [...allow, new URL(options.loginUrl).hostname] : allow),
    context: {
      viewport: { ...defaultViewport },
      userAgent: browser?.userAgent ?? plainUserAgent(options.browserVersion),
      acceptDownloads: false,
      serviceWorkers: "allow",
      ...(locale === undefined ? {} : { locale }),
      ...(browser?.timezone === undefined ? {} : { timezoneId: browser.timezone }),
    },
  };
}

/** What Chrome itself sends: headless Chromium names itself otherwise, and some sites turn it away for the name alone. */
function plainUserAgent(version: string): string {
  return `Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${version.split(".")[0]}.0.0.0 Safari/537.36`;
}

/** The session's locale is the partner's wish: one that the browser cannot read is no reason to fail. */
function knownLocale(locale: string | undefined): string | undefined {
  try {
    return locale === undefined ? undefined : Intl.getCanonicalLocales(locale)[0];
  } catch {
    return undefined;
  }
}
