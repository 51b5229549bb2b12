import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

const fields = `<style>body { margin: 0 } body > * { position: absolute; left: 20px; width: 150px; height: 30px; box-sizing: border-box }</style>
<label style="top: 0" for="born">Born</label>
<input style="top: 30px" id="born" type="date" min="1990-01-01" max="1999-12-31" value="1990-05-17" required>
<input style="top: 70px" id="at" type="time" step="900" list="times"><datalist id="times"><option value="09:00"></datalist>
<input style="top: 110px" id="colour" type="color" value="#ff0000">
<input style="top: 150px" id="city" list="cities"><datalist id="cities"><option value="Bath"><option value="Bonn">In Germany</option></datalist>
<select style="top: 190px" id="size"><option>Small<option>Large</select>
<input style="top: 230px" id="name" type="email" autocomplete="section-you shipping email webauthn" enterkeyhint="next">
<script>window.told = []; for (const type of ["input", "change"]) addEventListener(type, ({ target }) => told.push(target.id + " " + type + " " + target.value));</script>`;

/** Every kind of field, at the top and in frames of the same and of another site. */
const pages: Record<string, string> = {
  "/fields": fields,
  "/typing": `<input id="old" value="old content" autofocus>${'<input class="box" maxlength="1" size="1">'.repeat(6)}<textarea id="notes">old
lines</textarea><script>for (const box of document.querySelectorAll(".box")) box.oninput = () => box.value && box.nextElementSibling.focus()</script>`,
  "/framed": `<body style="margin: 0"><input id="top" style="position: absolute; left: 0; top: 0">
<iframe src="http://deep.site.test/fields" style="position: absolute; left: 200px; top: 100px; width: 300px; height: 300px; border: 7px solid; padding: 5px"></iframe>
<iframe src="http://other.test/nested" style="position: absolute; left: 600px; top: 50px; width: 400px; height: 400px; border: 3px solid"></iframe>`,
  "/nested": `<body style="margin: 0"><iframe src="http://site.test/fields" style="position: absolute; left: 10px; top: 20px; width: 300px; height: 300px; border: 0"></iframe>`,
};

export interface WidgetSite extends AsyncDisposable {
  /** For Chromium, so that its names lead here. */
  resolverRules: string;
}

/** Pages that ask with widgets; `/members` asks for a user name and a password first: "jane" and "sesame". */
export async function startWidgetSite(): Promise<WidgetSite> {
  const accepted = `Basic ${Buffer.from("jane:sesame").toString("base64")}`;
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://site.test").pathname;
    response.setHeader("content-type", "text/html");
    if (path !== "/members") return response.end(pages[path] ?? "");
    if (request.headers.authorization === accepted) return response.end("Welcome");
    return response.writeHead(401, { "www-authenticate": 'Basic realm="Members"' }).end("Members only");
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    resolverRules: `MAP *:80 127.0.0.1:${port}, EXCLUDE 127.0.0.1`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}
