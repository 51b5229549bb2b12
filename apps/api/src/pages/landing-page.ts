import { html, type Html } from "./html.ts";
import { page } from "./page.ts";
import { rosette } from "./rosette.ts";
import type { SystemStatus } from "./system-status.ts";

export interface LandingPageInput {
  status: SystemStatus;
  publicUrl: string;
  demoUrl: string | null;
}

const steps = [
  ["You create a session", "One call to the REST API. The answer holds the address of an iframe, good for one opening.", "CREATED → INITIALIZING → READY"],
  ["The user logs in", "In a real browser that exists for this session alone, streamed live into the iframe. What they type goes into the site's own page.", "CONNECTED → LOADING_TREE → RUNNING → AWAITING_USER"],
  ["The account is read", "A workflow knows the site's screens, hands over to the user where a person is needed, and collects only what the user agreed to.", "COLLECTING_DATA"],
  ["The result is signed", "As a credential that anybody can check offline against this server's public keys. A signed webhook tells you.", "VERIFYING → COMPLETED"],
] as const; // prettier-ignore

export function landingPage({ status, publicUrl, demoUrl }: LandingPageInput): string {
  const body = html`<main>
      <div class="hero">
        <div>
          <h1>See what an account says, and be able to prove&nbsp;it.</h1>
          <p>
            Attestream verifies accounts with the people who own them. You embed a frame, your user logs in to their
            bank or gig platform inside it, and you receive the data, signed so that anyone can check it. It runs on
            your own machines.
          </p>
          ${demo(demoUrl)}
        </div>
        ${rosette}
      </div>
      <section>
        <h2>This server</h2>
        <div>${parts(status)}</div>
      </section>
      <section>
        <h2>Try the API</h2>
        <div>
          <p class="lead">Ask which platforms a session can be opened for:</p>
          <pre><code>curl ${publicUrl}/partner/browser-platforms \\
  -H 'x-api-key: <b>your key</b>'</code></pre>
          <p class="lead second">Open a session on the first of them:</p>
          <pre><code>curl ${publicUrl}/partner/browser-session \\
  -H 'x-api-key: <b>your key</b>' \\
  -H 'content-type: application/json' \\
  -d '{"platformId": 1, "expiresInHours": 1}'</code></pre>
          <p class="note">
            The first key was printed once, in the terminal, when this server started for the first time. Put the
            answer's <code>embedUrl</code> into an iframe.
          </p>
        </div>
      </section>
      <section>
        <h2>How a session goes</h2>
        <ol class="steps">
          ${steps.map(([title, text, statuses]) => html`<li><b>${title}</b>${text}<code>${statuses}</code></li>`)}
        </ol>
      </section>
      <section>
        <h2>Reference</h2>
        <ul class="links">
          <li>
            <a href="/docs">API reference</a>
            <span>every operation and its fields; for programs as <a href="/openapi.json">openapi.json</a></span>
          </li>
          <li>
            <a href="/docs/errors">Error codes</a>
            <span>every answer that is not a success, and every way a session can end</span>
          </li>
          <li>
            <a href="/verify">Check a proof</a>
            <span>in your own browser; nothing is uploaded</span>
          </li>
          <li>
            <a href="/.well-known/jwks.json">Signing keys</a>
            <span>the public keys that attestations are checked against</span>
          </li>
          <li><a href="/readyz">Readiness</a> <span>for load balancers and monitoring</span></li>
        </ul>
      </section>
    </main>
    <footer>
      Apache-2.0. The guide, the SDK and the decisions behind this are in the repository, from
      <code>README.md</code> on.
    </footer>`;
  return page({
    title: "Attestream",
    description: "Open, self-hosted account verification: a live browser in an iframe, attested results, a webhook.",
    aside: "self-hosted account verification",
    body,
  });
}

function demo(url: string | null): Html {
  if (url === null)
    return html`<p>
      <small>The demo is not running beside this server; <code>npm start</code> in the repository starts both.</small>
    </p>`;
  return html`<a class="demo" href="${url}">Open the live demo <span aria-hidden="true">→</span></a>
    <small>A partner’s page with the frame in it, and a bank that does not exist.</small>`;
}

function parts({ database, workers, platforms, attestors, framePage, at }: SystemStatus): Html {
  if (database === null)
    return html`<dl class="parts">
        ${part("Database", false, "does not answer; nothing else is known until it does")}
      </dl>
      ${when(at)}`;
  const { active, outOfService } = platforms;
  return html`<dl class="parts">
      ${part("Database", true, database === "pglite" ? "embedded, for trying out and development" : "PostgreSQL")}
      ${
        workers.up === 0
          ? part("Browser worker", false, "none is connected: sessions wait until one is")
          : part(
              "Browser worker",
              true,
              `${count(workers.up, "worker")} with room for ${count(workers.capacity, "session")}, ${count(workers.warm, "browser")} warm, isolation ${workers.isolationLevel ?? "unknown"}${workers.browser === null ? "" : `, ${workers.browser}`}`,
            )
      }
      ${
        active.length === 0
          ? part("Platforms", false, "none is in service")
          : part(
              "Platforms",
              outOfService.length === 0,
              `${active.join(", ")}${outOfService.length === 0 ? "" : `; ${outOfService.length} out of service`}`,
            )
      }
      ${outOfService.map(({ name, problem }) => part(`Platform ${name}`, false, `out of service: ${problem}`))}
      ${
        attestors.length === 0
          ? part("Attestor", false, "none is configured: what is read is signed, and proved by nobody else")
          : attestors.map(({ url, isReachable }) =>
              part("Attestor", isReachable, isReachable ? url : `${url} does not answer`),
            )
      }
      ${framePage ? part("Frame page", true, "built") : part("Frame page", false, "not built: the iframe has nothing to show")}
    </dl>
    ${when(at)}`;
}

function part(name: string, ok: boolean, text: string): Html {
  return html`<div>
    <span class="mark${ok ? "" : " off"}"></span>
    <dt>${name}</dt>
    <dd>${ok ? text : html`<span class="off-text">${text}</span>`}</dd>
  </div>`;
}

function when(at: Date): Html {
  return html`<p class="when">
    As of <time datetime="${at.toISOString()}">${at.toISOString().slice(0, 19).replace("T", " ")} UTC</time>. Load the
    page again for the present state.
  </p>`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
