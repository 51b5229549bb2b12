import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Switches by user name; any other name logs in. */
const outcomes: Record<string, string> = {
  user_locked: "<p>Your account is locked. Call us.</p>",
  user_closed: "<p>Your account has been closed.</p>",
  user_newpass: "<h1>Choose a new password</h1>",
};

export interface LittleBank {
  port: number;
  close(): Promise<void>;
}

/** A small bank over TLS on loopback, made of the pages that the demo-bank platform knows. Stateless: the path carries the user. */
export async function startLittleBank(): Promise<LittleBank> {
  const folder = mkdtempSync(join(tmpdir(), "little-bank-"));
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  execFileSync(
    "openssl",
    [
      "req",
      "-x509",
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:prime256v1",
      "-nodes",
      "-keyout",
      key,
      "-out",
      cert,
      "-days",
      "2",
      "-subj",
      "/CN=bank.demo.test",
    ],
    { stdio: "ignore" },
  );
  const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, async (request, response) => {
    const url = new URL(request.url ?? "/", "https://bank.demo.test");
    let body = "";
    for await (const chunk of request) body += String(chunk);
    const form = new URLSearchParams(body);
    const user = form.get("username") ?? /user=([a-z_]+)/.exec(request.headers.cookie ?? "")?.[1] ?? "";
    const html = (content: string, status = 200) =>
      response
        .writeHead(status, { "content-type": "text/html; charset=utf-8" })
        .end(`<!doctype html><title>Little Bank</title><body>${content}</body>`);
    const go = (to: string) => response.writeHead(303, { location: to, "set-cookie": `user=${user}; Path=/` }).end();

    if (url.pathname === "/login" && request.method === "GET") return html(loginForm(""));
    if (url.pathname === "/framed")
      return html(`<h1>Welcome</h1><iframe src="https://auth.bank.demo.test/inner" width="600" height="300"></iframe>`);
    if (url.pathname === "/inner")
      return html(
        `<button onclick="later()">Log in</button><script>function later(){fetch("/slow").then(()=>{document.body.innerHTML="<p>Your account is locked</p>"})}</script>`,
      );
    if (url.pathname === "/slow") return setTimeout(() => response.end("ok"), 300);
    if (url.pathname === "/login") {
      if (user === "user_down") return html("<h1>We will be back soon</h1>", 503);
      if (user === "user_away") return response.writeHead(303, { location: "https://elsewhere.example/" }).end();
      if (form.get("password") !== "pass_good")
        return html(loginForm("<p role=alert>Incorrect username or password</p>"));
      return outcomes[user] ? html(outcomes[user]) : go("/otp");
    }
    if (url.pathname === "/otp") {
      if (request.method === "POST" && form.get("code") === "123456")
        return go(user === "user_survey" ? "/survey" : "/accounts");
      const complaint = request.method === "POST" ? "<p>That code is not correct</p>" : "";
      return html(
        `${complaint}<form method=post><label>Security code <input name=code></label><button>Verify</button></form>`,
      );
    }
    if (url.pathname === "/survey")
      return html(`<h2>How do you like us?</h2><a href="/accounts"><button>Continue</button></a>`);
    if (url.pathname === "/accounts") {
      const offer =
        user === "user_offer"
          ? `<div role=dialog aria-label="Special offer"><button onclick="this.parentNode.remove()">No thanks</button></div>`
          : "";
      return html(
        `${offer}<h1>Accounts</h1><ul id=list></ul><script>fetch("/api/v1/accounts").then(r=>r.json()).then(a=>{list.innerHTML=a.items.map(i=>"<li>"+i.name).join("")})</script>`,
      );
    }
    if (url.pathname === "/api/v1/accounts") {
      const items = [
        { type: "CHK", name: "Everyday Checking", number: "000123451234", currency: "USD", balance: "2543.10" },
      ];
      return response
        .writeHead(200, { "content-type": "application/json" })
        .end(JSON.stringify({ owner: { name: "Jane Doe" }, items }));
    }
    if (url.pathname === "/statements") {
      if (user === "user_nostatements") return html("<h1>Something went wrong</h1>", 500);
      return html(
        `<table><thead><tr><th>Date<th>Period<th>Balance</thead><tbody><tr><td>2026-10-31<td>October 2026<td>$2,543.10</tr><tr><td>30 September 2026<td>September 2026<td>-$12.00</tr></tbody></table>`,
      );
    }
    return html("<h1>Not found</h1>", 404);
  });
  await listen(server);
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => {
          rmSync(folder, { recursive: true, force: true });
          resolve();
        });
      }),
  };
}

function loginForm(complaint: string): string {
  return `<h1>Log in</h1>${complaint}<form method=post action="/login"><label>Username <input name=username></label><label>Password <input name=password type=password></label><button>Log in</button></form>`;
}

function listen(server: Server): Promise<void> {
  return new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
}
