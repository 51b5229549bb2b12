/**
 * Hosts that login pages need besides the platform's own, by what they are for. Exact names only: a
 * wildcard would also let a page reach what others put below it. Taken from what the providers'
 * documents and pages name; where one adds a host, the session's list of refused hosts shows it, and it is
 * added to `allow` by hand until it stands here.
 */
export const allowPresets = {
  "google-sso": [
    "accounts.google.com",
    "accounts.youtube.com",
    "apis.google.com",
    "fonts.googleapis.com",
    "fonts.gstatic.com",
    "lh3.googleusercontent.com",
    "ssl.gstatic.com",
    "www.gstatic.com",
  ],
  "apple-sso": [
    "account.apple.com",
    "appleid.apple.com",
    "appleid.cdn-apple.com",
    "idmsa.apple.com",
    "is1-ssl.mzstatic.com",
    "www.apple.com",
  ],
  "microsoft-sso": [
    "aadcdn.msauth.net",
    "aadcdn.msauthimages.net",
    "aadcdn.msftauth.net",
    "aadcdn.msftauthimages.net",
    "account.live.com",
    "acctcdn.msauth.net",
    "acctcdn.msftauth.net",
    "autologon.microsoftazuread-sso.com",
    "login.live.com",
    "login.microsoft.com",
    "login.microsoftonline.com",
    "login.windows.net",
    "logincdn.msauth.net",
    "logincdn.msftauth.net",
  ],
  "facebook-sso": [
    "connect.facebook.net",
    "facebook.com",
    "m.facebook.com",
    "static.xx.fbcdn.net",
    "www.facebook.com",
    "www.fbsbx.com",
  ],
  recaptcha: ["fonts.gstatic.com", "recaptcha.net", "www.google.com", "www.gstatic.com", "www.recaptcha.net"],
  hcaptcha: [
    "api.hcaptcha.com",
    "api2.hcaptcha.com",
    "hcaptcha.com",
    "imgs.hcaptcha.com",
    "imgs3.hcaptcha.com",
    "js.hcaptcha.com",
    "newassets.hcaptcha.com",
  ],
  turnstile: ["challenges.cloudflare.com"],
} as const satisfies Record<string, readonly string[]>;

const mark = "preset:";
const byName: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries(allowPresets).map(([name, hosts]) => [mark + name, hosts]),
);

/** As `allow` names them. */
export const allowPresetNames: readonly string[] = [...byName.keys()];

/** Every host of an allow list, with those of its presets in their place. */
export function expandAllow(allow: readonly string[]): string[] {
  return [...new Set(allow.flatMap((entry) => byName.get(entry) ?? [entry]))];
}

/** The platform's own hosts: where the login begins and data comes from. A preset's are others' and are only passed through. */
export function ownHosts(allow: readonly string[]): string[] {
  return allow.filter((entry) => !entry.startsWith(mark));
}
