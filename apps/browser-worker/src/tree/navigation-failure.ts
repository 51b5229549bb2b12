import type { ErrorCode } from "@attestream/shared";

/**
 * The code for a main document that could not be loaded, from Chromium's error text; null where it is
 * no failure (superseded by another navigation, a download, an empty answer).
 */
export function navigationFailure(errorText: string, isAllowed: boolean): ErrorCode | null {
  if (/ERR_ABORTED|interrupted by another navigation/.test(errorText)) return null;
  if (!isAllowed || /ERR_BLOCKED_BY|ERR_DISALLOWED_URL_SCHEME|ERR_UNSAFE_PORT/.test(errorText))
    return "NAVIGATION_BLOCKED";
  if (/TIMED_OUT|Timeout \d+ms exceeded/.test(errorText)) return "PLATFORM_TIMEOUT";
  if (/crash/i.test(errorText)) return "BROWSER_CRASHED";
  return "PLATFORM_UNAVAILABLE";
}
