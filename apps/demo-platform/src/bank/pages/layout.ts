import { html, type Markup } from "../html.ts";

/** The mark in its two sizes of text: a sheltered doorway in a rounded square. */
const brand = html`<span class="brand"
  ><svg class="brand-mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
    <rect width="32" height="32" rx="9" fill="#0d5c56" />
    <path
      d="M7.5 14.2 16 8l8.5 6.2"
      fill="none"
      stroke="#fff"
      stroke-width="2.6"
      stroke-linecap="round"
      stroke-linejoin="round"
    />
    <path d="M10.5 17v6.5M16 17v6.5M21.5 17v6.5" stroke="#ffc46b" stroke-width="2.6" stroke-linecap="round" /></svg
  >Demo Bank</span
>`;

function document(options: { title: string; bodyClass: string; script?: string }, body: Markup): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="theme-color" content="#0d5c56" />
        <title>${options.title} · Demo Bank</title>
        <link rel="icon" href="/assets/icon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/assets/bank.css" />
        ${options.script && html`<script type="module" src="/assets/${options.script}"></script>`}
      </head>
      <body class="${options.bodyClass}">
        ${body}
      </body>
    </html>`.markup.trim();
}

const footer = html`<footer class="footer">
  <p>Demo Bank is not a bank. It exists so that account verification can be tried without anybody's real account.</p>
  <p><a href="/about">Demo users</a></p>
</footer>`;

/** Pages before the customer is in: a form beside a picture; on a phone, the form alone. */
export function entryPage(title: string, content: Markup, script?: string): string {
  return document(
    { title, bodyClass: "entry", ...(script && { script }) },
    html`<div class="entry-main">
        <header class="entry-header">
          <a class="brand-link" href="/login" aria-label="Demo Bank, home">${brand}</a>
        </header>
        <main class="entry-content">${content}</main>
        ${footer}
      </div>
      <aside class="entry-art" aria-hidden="true">
        <div class="art-card">
          <p class="art-label">Everyday Checking</p>
          <p class="art-amount">$2,543.10</p>
          <div class="art-bars"><i></i><i></i><i></i><i></i><i></i><i></i><i></i></div>
        </div>
        <p class="art-words">Money that minds its manners.</p>
        <p class="art-small">No monthly fees. No surprises. No actual money.</p>
      </aside>`,
  );
}

/** Pages of a customer who is in. */
export function bankPage(
  options: {
    title: string;
    current: "accounts" | "statements" | null;
    formToken: string;
    script?: string;
    over?: Markup;
  },
  content: Markup,
): string {
  const link = (name: "accounts" | "statements", text: string) =>
    html`<a href="/${name}" ${options.current === name && html`aria-current="page"`}>${text}</a>`;
  return document(
    { title: options.title, bodyClass: "bank", ...(options.script && { script: options.script }) },
    html`<div class="bank-page" ${options.over && html`inert`}>
        <header class="bank-header">
          <div class="bank-header-inner">
            <a class="brand-link" href="/accounts" aria-label="Demo Bank, home">${brand}</a>
            <nav aria-label="Main">${link("accounts", "Accounts")} ${link("statements", "Statements")}</nav>
            <form method="post" action="/logout">
              ${tokenField(options.formToken)}<button class="button quiet">Log out</button>
            </form>
          </div>
        </header>
        <main class="bank-content">${content}</main>
        ${footer}
      </div>
      ${options.over}`,
  );
}

export function tokenField(formToken: string): Markup {
  return html`<input type="hidden" name="formToken" value="${formToken}" />`;
}

/** A notice above a form. `problem` is read out at once. */
export function noticeBox(notice: string | null, kind: "problem" | "info"): Markup | null {
  if (notice === null) return null;
  return html`<p class="notice ${kind}" role="${kind === "problem" ? "alert" : "status"}">${notice}</p>`;
}
