import { createHash } from "node:crypto";
import { html, Html } from "./html.ts";
import { pageStyle } from "./page-style.ts";

const icon = `data:image/svg+xml,${encodeURIComponent('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><circle cx="8" cy="8" r="8" fill="#0d5c48"/><path d="M4.5 8.2l2.4 2.4 4.6-5" fill="none" stroke="#fff" stroke-width="1.7" stroke-linecap="round" stroke-linejoin="round"/></svg>')}`;

/** No script, nothing from elsewhere, embedded by nobody; the one style sheet is known by its hash. */
export const pagePolicy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash("sha256").update(pageStyle).digest("base64")}'`,
  "img-src data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** In one piece: a formatter of templates must not put a space into what the hash is made of. */
const style = new Html(`<style>${pageStyle}</style>`);

export function page(options: { title: string; description: string; aside?: string; body: Html }): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="description" content="${options.description}" />
        <title>${options.title}</title>
        <link rel="icon" href="${icon}" />
        ${style}
      </head>
      <body>
        <header class="top"><a class="name" href="/">Attestream</a><span>${options.aside ?? ""}</span></header>
        ${options.body}
      </body>
    </html> `.text;
}
