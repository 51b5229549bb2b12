import { accounts } from "../bank-data.ts";
import { html } from "../html.ts";
import type { FormPage } from "./entry-pages.ts";
import { entryPage, noticeBox, tokenField } from "./layout.ts";

export function questionPage(page: FormPage): string {
  return entryPage(
    "Security question",
    html`<h1>One question more</h1>
      <p class="lead">You told us the answer when you joined.</p>
      ${noticeBox(page.problem, "problem")}
      <h2>What was the name of your first pet?</h2>
      <form class="form" method="post" action="/question">
        ${tokenField(page.formToken)}
        <div class="field">
          <label for="answer">Your answer</label>
          <input id="answer" name="answer" autocomplete="off" maxlength="64" required autofocus />
        </div>
        <button class="button main">Answer</button>
      </form>`,
  );
}

export function chooseAccountPage({ formToken }: { formToken: string }): string {
  const buttons = accounts.map(
    ({ name, number }, index) =>
      html`<button class="button quiet" name="account" value="${String(index)}">
        ${name} •••• ${number.slice(-4)}
      </button>`,
  );
  return entryPage(
    "Choose an account",
    html`<h1>Choose an account</h1>
      <p class="lead">Which one would you like to see?</p>
      <form class="form choices" method="post" action="/choose-account">${tokenField(formToken)} ${buttons}</form>`,
  );
}
