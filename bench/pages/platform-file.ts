import { siteHost, type PageName } from "./site-pages.ts";

/** One page of the site as a platform: it opens, and is the user's for as long as the bench takes. */
export function platformFile(name: PageName): string {
  return `format: platform/1
name: bench-${name}
displayName: Bench ${name}
description: A page that is measured
loginUrl: https://${siteHost}/${name}
allowCustomUrl: false
version: 1.0.0
sandbox: true
allow: [${siteHost}]
limits: { total: 1h, idle: 1h }
screens:
  - id: page
    when: { url: "/${name}" }
    user: { kind: login, timeout: 1h }
  - id: end
    when: { url: "/end" }
    then: collect
collect:
  - id: nothing
    read: { nothing: { css: "h1" } }
`;
}
