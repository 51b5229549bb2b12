import type { IncomingMessage, ServerResponse } from "node:http";

/** A hostile page of the platform. */
export interface SitePage {
  /** The document, as of now: what it attacks may be known only by then. */
  html: () => string;
  /** Hosts beside the site's own that the platform allows. */
  allow?: readonly string[];
  /** Other paths of the site, below the page's own. */
  answer?: (path: string, request: IncomingMessage, response: ServerResponse) => void;
}

export const siteHost = "pages.attack.test";

export const platformName = (page: string) => `attack-${page}`;

/** A page as a platform: it opens, and is the user's for as long as the attack takes. */
export const platformFile = (page: string, allow: readonly string[]) => `format: platform/1
name: ${platformName(page)}
displayName: Attack ${page}
description: A page that misbehaves
loginUrl: https://${siteHost}/${page}/
allowCustomUrl: false
version: 1.0.0
sandbox: true
allow: ${JSON.stringify([siteHost, ...allow])}
limits: { total: 1h, idle: 1h }
screens:
  - id: page
    when: { url: "/${page}/**" }
    user: { kind: login, timeout: 1h }
  - id: end
    when: { url: "/end" }
    then: collect
collect:
  - id: nothing
    read: { nothing: { css: "h1" } }
`;
