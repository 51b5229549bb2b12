import { demoCode, demoPassword, demoUsers } from "../demo-users.ts";
import { html } from "../html.ts";
import { entryPage, noticeBox, tokenField } from "./layout.ts";

export interface FormPage {
  formToken: string;
  /** What was wrong with the last try. */
  problem: string | null;
}

export function loginPage(page: FormPage): string {
  return entryPage(
    "Log in",
    html`<h1>Welcome back</h1>
      <p class="lead">Log in to see your accounts.</p>
      ${noticeBox(page.problem, "problem")}
      <form class="form" method="post" action="/login">
        ${tokenField(page.formToken)}
        <div class="field">
          <label for="username">Username</label>
          <input
            id="username"
            name="username"
            autocomplete="username"
            autocapitalize="none"
            spellcheck="false"
            maxlength="64"
            required
            autofocus
          />
        </div>
        <div class="field">
          <label for="password">Password</label>
          <input
            id="password"
            name="password"
            type="password"
            autocomplete="current-password"
            maxlength="128"
            required
          />
        </div>
        <button class="button main">Log in</button>
      </form>
      <p class="hint">
        Trying it out? <code>user_good</code> with <code>${demoPassword}</code>, then <code>${demoCode}</code>.
      </p>`,
  );
}

export function codePage(page: FormPage & { info: string | null }): string {
  return entryPage(
    "Confirm it is you",
    html`<h1>Confirm it is you</h1>
      <p class="lead">We sent a six-digit code by SMS to •••• 42.</p>
      ${noticeBox(page.problem, "problem")} ${noticeBox(page.info, "info")}
      <form class="form" method="post" action="/otp">
        ${tokenField(page.formToken)}
        <div class="field">
          <label for="code">Security code</label>
          <input
            id="code"
            name="code"
            class="code"
            inputmode="numeric"
            autocomplete="one-time-code"
            maxlength="12"
            required
            autofocus
          />
        </div>
        <button class="button main">Verify</button>
      </form>
      <form class="after-form" method="post" action="/otp/resend">
        ${tokenField(page.formToken)}
        <button class="button link">Send a new code</button>
      </form>`,
  );
}

export function newPasswordPage(page: FormPage): string {
  return entryPage(
    "Choose a new password",
    html`<h1>Choose a new password</h1>
      <p class="lead">Yours has not changed for a year. A new one keeps your money safe.</p>
      ${noticeBox(page.problem, "problem")}
      <form class="form" method="post" action="/new-password">
        ${tokenField(page.formToken)}
        <div class="field">
          <label for="first">New password</label>
          <input
            id="first"
            name="first"
            type="password"
            autocomplete="new-password"
            minlength="8"
            maxlength="128"
            aria-describedby="rule"
            required
          />
          <p class="field-hint" id="rule">At least eight characters.</p>
        </div>
        <div class="field">
          <label for="second">Repeat it</label>
          <input
            id="second"
            name="second"
            type="password"
            autocomplete="new-password"
            minlength="8"
            maxlength="128"
            required
          />
        </div>
        <button class="button main">Save and go on</button>
      </form>
      <p class="hint">Nothing is stored: the demo password stays as it is.</p>`,
  );
}

export function lockedPage(): string {
  return entryPage(
    "Account locked",
    html`<h1>Your account is locked</h1>
      <p class="lead">
        We blocked it to protect you, after something unusual. Nobody can log in until you have spoken to us.
      </p>
      <p>Call 555-0142 at any hour and have your card at hand.</p>
      <p><a class="button quiet" href="/login">Back to start</a></p>`,
  );
}

export function closedPage(): string {
  return entryPage(
    "Account closed",
    html`<h1>Your account has been closed</h1>
      <p class="lead">You can no longer log in. Past statements are sent by post on request.</p>
      <p>Call 555-0142 if this surprises you.</p>
      <p><a class="button quiet" href="/login">Back to start</a></p>`,
  );
}

/** Unlike a typing mistake, which the login page tells: here there is nothing to try again. */
export function unknownPage(): string {
  return plainPage(
    "We do not know these details",
    "There is no online banking for them. Visit a branch with your card and some identification.",
  );
}

export function heavyPage(): string {
  return entryPage(
    "One moment",
    html`<h1>One moment</h1>
      <p class="lead">We are putting your accounts together. All of them, in memory, again and again.</p>`,
    "heavy.js",
  );
}

export function aboutPage(): string {
  const rows = demoUsers.map(
    (user) =>
      html`<tr>
        <td><code>${user.username}</code></td>
        <td>${user.shows}</td>
      </tr>`,
  );
  return entryPage(
    "Demo users",
    html`<h1>Demo users</h1>
      <p class="lead">
        Each shows one thing that happens at real banks. The password is always <code>${demoPassword}</code>, the code
        <code>${demoCode}</code>.
      </p>
      <table class="table compact">
        <thead>
          <tr>
            <th scope="col">Username</th>
            <th scope="col">What happens</th>
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>
      </table>
      <p><a class="button main inline" href="/login">Go to the login</a></p>`,
  );
}

export function maintenancePage(): string {
  return plainPage(
    "We will be back soon",
    "Online banking is down for maintenance. Your money is safe. Please try again in a while.",
  );
}

export function plainPage(title: string, text: string): string {
  return entryPage(
    title,
    html`<h1>${title}</h1>
      <p class="lead">${text}</p>
      <p><a class="button quiet" href="/login">Back to start</a></p>`,
  );
}
