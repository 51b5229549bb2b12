import type { ServerResponse } from "node:http";

/** Who may embed a session's frame where neither the partner nor the session says so. */
const defaultAncestors = ["https:", "http://localhost:*", "http://127.0.0.1:*"];

/** What a page could be granted; the frame needs one of all. Unknown names are left out: browsers complain of them in the partner's console. */
const deniedFeatures = [
  "accelerometer", "autoplay", "browsing-topics", "camera", "clipboard-read",
  "compute-pressure", "cross-origin-isolated", "display-capture", "encrypted-media", "fullscreen", "gamepad", "geolocation", "gyroscope", "hid",
  "identity-credentials-get", "idle-detection", "local-fonts", "magnetometer", "microphone", "midi", "otp-credentials",
  "payment", "picture-in-picture", "publickey-credentials-create", "publickey-credentials-get", "screen-wake-lock", "serial",
  "storage-access", "sync-xhr", "usb", "window-management", "xr-spatial-tracking",
]; // prettier-ignore

const permissionsPolicy = ["clipboard-write=(self)", ...deniedFeatures.map((feature) => `${feature}=()`)].join(", ");

/**
 * The frame page is made to be embedded by strangers and shows another site's pixels: it may load
 * its own files only, talk to its own API and stream only, and be embedded by the listed origins only.
 * X-Frame-Options, which knows no list, is taken away again.
 */
export function setFrameHeaders(
  response: ServerResponse,
  options: {
    allowedOrigins: readonly string[] | null;
    streamOrigins: readonly string[];
    /** Opened by who takes a session over: in a window of its own, or a page around it could lead the hand. */
    alone?: boolean;
  },
): void {
  const ancestors = options.alone
    ? []
    : options.allowedOrigins?.length
      ? originsOf(options.allowedOrigins)
      : defaultAncestors;
  response.removeHeader("X-Frame-Options");
  const headers = {
    "Content-Security-Policy": [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "font-src 'self'",
      "img-src 'self' blob: data:",
      `connect-src 'self' ${options.streamOrigins.join(" ")}`,
      "base-uri 'none'",
      "form-action 'none'",
      `frame-ancestors ${ancestors.length > 0 ? ancestors.join(" ") : "'none'"}`,
    ].join("; "),
    "Permissions-Policy": permissionsPolicy,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
    "Cache-Control": "no-store",
  };
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
}

/** Only what a header can carry safely: whole origins of http(s) URLs. */
function originsOf(urls: readonly string[]): string[] {
  return urls.flatMap((text) => {
    const url = URL.parse(text);
    return url && (url.protocol === "https:" || url.protocol === "http:") ? [url.origin] : [];
  });
}
