import { apiErrors, errorCodes } from "@attestream/shared";
import { html } from "./html.ts";
import { page } from "./page.ts";

/** Where `docUrl` of every error leads. Made of the same tables that the errors are made of. */
export function errorsPage(): string {
  const answers = Object.entries(apiErrors).map(
    ([code, { status, retriable, message }]) =>
      html`<tr id="${code}">
        <td><code>${code}</code></td>
        <td data-label="HTTP">${status}</td>
        <td data-label="retry:">${retriable ? "yes" : "no"}</td>
        <td>${message}</td>
      </tr>`,
  );
  const endings = Object.entries(errorCodes).map(
    ([code, { endsAs, actor, retriable, message }]) =>
      html`<tr id="${code}">
        <td><code>${code}</code></td>
        <td data-label="ends as"><code>${endsAs}</code></td>
        <td data-label="new session:">${retriable ? "yes" : "no"}</td>
        <td data-label="can act:">${actor === "nobody" ? "nobody" : `the ${actor.replace("-", " ")}`}</td>
        <td>${message}</td>
      </tr>`,
  );
  return page({
    title: "Error codes · Attestream",
    description: "Every error of the API and every reason for which a session can end.",
    aside: "error codes",
    body: html`<main>
      <h1 class="page-title">Error codes</h1>
      <section>
        <h2>Ends of a session</h2>
        <div>
          <p class="lead">
            On <code>ERROR</code> the code is the session’s <code>errorCode</code>, on the other statuses its
            <code>statusReason.code</code>. Both lists only ever grow. “New session” says whether another session has a
            fair chance without anything being changed.
          </p>
          <div class="table">
            <table>
              <thead>
                <tr>
                  <th>Code</th>
                  <th>Ends as</th>
                  <th>New session</th>
                  <th>Who can act</th>
                  <th>Meaning</th>
                </tr>
              </thead>
              <tbody>
                ${endings}
              </tbody>
            </table>
          </div>
        </div>
      </section>
      <section>
        <h2>Answers of the API</h2>
        <div>
          <p class="lead">
            In <code>error.code</code>, beside a <code>requestId</code> to quote when you ask for help. “Retry” says
            whether the same request may succeed later.
          </p>
          <div class="table">
            <table>
              <thead>
                <tr>
                  <th>Code</th>
                  <th>HTTP</th>
                  <th>Retry</th>
                  <th>Meaning</th>
                </tr>
              </thead>
              <tbody>
                ${answers}
              </tbody>
            </table>
          </div>
        </div>
      </section>
    </main>`,
  });
}
