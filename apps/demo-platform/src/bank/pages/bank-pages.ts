import { owner, type Statement, type Transaction } from "../bank-data.ts";
import { formatDay, formatMoney, formatMonth } from "../format.ts";
import { html, type Markup } from "../html.ts";
import { bankPage, tokenField } from "./layout.ts";

export function accountsPage(page: { formToken: string; transactions: Transaction[]; offer: boolean }): string {
  const firstName = owner.name.split(" ", 1)[0] ?? owner.name;
  return bankPage(
    {
      title: "Accounts",
      current: "accounts",
      formToken: page.formToken,
      script: "accounts.js",
      ...(page.offer && { over: offerDialog(page.formToken) }),
    },
    html`<div class="page-head">
        <h1>Good to see you, ${firstName}</h1>
        <p class="total" id="total" hidden></p>
      </div>
      <section aria-labelledby="accounts-title">
        <h2 id="accounts-title">Your accounts</h2>
        <ul class="accounts" id="accounts" aria-busy="true">
          <li class="account waiting"></li>
          <li class="account waiting"></li>
        </ul>
        <p class="notice problem" id="accounts-problem" role="alert" hidden>
          We could not load your accounts. <a href="/accounts">Try again</a>
        </p>
        <noscript><p class="notice problem">Please switch JavaScript on to see your accounts.</p></noscript>
      </section>
      <section aria-labelledby="activity-title">
        <h2 id="activity-title">Recent activity</h2>
        <ul class="activity">
          ${page.transactions.map(transactionRow)}
        </ul>
      </section>`,
  );
}

function transactionRow(transaction: Transaction): Markup {
  const incoming = !transaction.amount.startsWith("-");
  return html`<li>
    <span class="activity-mark" aria-hidden="true">${transaction.text.slice(0, 1)}</span>
    <span class="activity-text"
      ><strong>${transaction.text}</strong><small>${transaction.kind} · ${formatDay(transaction.date)}</small></span
    >
    <span class="activity-amount ${incoming && "incoming"}">${incoming && "+"}${formatMoney(transaction.amount)}</span>
  </li>`;
}

function offerDialog(formToken: string): Markup {
  return html`<div class="veil">
    <div class="dialog" role="dialog" aria-modal="true" aria-labelledby="offer-title">
      <p class="dialog-tag">For you</p>
      <h2 id="offer-title">Special offer</h2>
      <p>Earn 4.10% on savings until spring when you move $5,000 or more to Rainy Day Savings this month.</p>
      <form method="post" action="/offer">
        ${tokenField(formToken)}
        <button class="button quiet" autofocus>No thanks</button>
      </form>
    </div>
  </div>`;
}

export function statementsPage(page: { formToken: string; statements: Statement[] }): string {
  const rows = page.statements.map(
    (statement) =>
      html`<tr>
        <td>${formatDay(statement.date)}</td>
        <td>${formatMonth(statement.period)}</td>
        <td class="number">${formatMoney(statement.closingBalance)}</td>
      </tr>`,
  );
  return bankPage(
    { title: "Statements", current: "statements", formToken: page.formToken },
    html`<div class="page-head"><h1>Statements</h1></div>
      <section class="panel" aria-labelledby="statements-title">
        <h2 id="statements-title">Everyday Checking •••• 1234</h2>
        <table class="table">
          <thead>
            <tr>
              <th scope="col">Date</th>
              <th scope="col">Period</th>
              <th scope="col" class="number">Closing balance</th>
            </tr>
          </thead>
          <tbody>
            ${rows}
          </tbody>
        </table>
      </section>`,
  );
}

export function surveyPage(page: { formToken: string }): string {
  const choice = (value: string, text: string) =>
    html`<label class="choice"><input type="radio" name="answer" value="${value}" /> ${text}</label>`;
  return bankPage(
    { title: "A quick question", current: null, formToken: page.formToken },
    html`<div class="narrow panel">
      <h1>How are we doing?</h1>
      <p class="lead">One question, then you are on your way.</p>
      <form class="form" method="post" action="/survey">
        ${tokenField(page.formToken)}
        <fieldset>
          <legend>Would you recommend Demo Bank to a friend?</legend>
          ${choice("yes", "Yes")} ${choice("maybe", "Perhaps")} ${choice("no", "Not today")}
        </fieldset>
        <button class="button main">Continue</button>
      </form>
    </div>`,
  );
}

/** For a customer who is in, when something does not work. */
export function troublePage(page: { formToken: string; title: string; text: string }): string {
  return bankPage(
    { title: page.title, current: null, formToken: page.formToken },
    html`<div class="narrow panel">
      <h1>${page.title}</h1>
      <p class="lead">${page.text}</p>
    </div>`,
  );
}
