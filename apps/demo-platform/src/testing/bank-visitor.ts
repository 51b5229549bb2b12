import { request } from "node:https";

export interface Page {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

/** A browser's part in a test: keeps cookies, posts forms with the token of the page it is on, trusts the given CA only. */
export class BankVisitor {
  readonly #port: number;
  readonly #ca: string;
  readonly #cookies = new Map<string, string>();
  #formToken = "";

  constructor(options: { port: number; ca: string }) {
    this.#port = options.port;
    this.#ca = options.ca;
  }

  get cookies(): ReadonlyMap<string, string> {
    return this.#cookies;
  }

  get(path: string): Promise<Page> {
    return this.#send("GET", path);
  }

  /** Posts a form as the page that was shown last would. */
  post(path: string, fields: Record<string, string> = {}): Promise<Page> {
    return this.#send("POST", path, new URLSearchParams({ formToken: this.#formToken, ...fields }).toString());
  }

  /** Posts a form and goes where the answer says. */
  async submit(path: string, fields: Record<string, string> = {}): Promise<Page & { path: string }> {
    const answer = await this.post(path, fields);
    const { location } = answer.headers;
    if (typeof location !== "string") return { ...answer, path };
    const next = await this.get(location);
    const again = next.headers["location"];
    return typeof again === "string" ? { ...(await this.get(again)), path: again } : { ...next, path: location };
  }

  async logIn(username: string, password = "pass_good"): Promise<Page & { path: string }> {
    await this.get("/login");
    return await this.submit("/login", { username, password });
  }

  async enter(username: string): Promise<Page & { path: string }> {
    await this.logIn(username);
    return await this.submit("/otp", { code: "123456" });
  }

  #send(method: string, path: string, form?: string): Promise<Page> {
    const { promise, resolve, reject } = Promise.withResolvers<Page>();
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const sent = request(
      {
        host: "127.0.0.1",
        port: this.#port,
        servername: "bank.demo.test",
        ca: this.#ca,
        agent: false,
        method,
        path,
        headers: {
          host: "bank.demo.test",
          ...(cookie && { cookie }),
          ...(form !== undefined && { "content-type": "application/x-www-form-urlencoded" }),
        },
      },
      (response) => {
        let body = "";
        response.setEncoding("utf8").on("data", (chunk: string) => (body += chunk));
        response.once("error", reject).once("end", () => {
          for (const line of response.headers["set-cookie"] ?? []) this.#keep(line);
          this.#formToken = /name="formToken" value="([^"]+)"/.exec(body)?.[1] ?? this.#formToken;
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
        });
      },
    );
    sent.once("error", reject).end(form);
    return promise;
  }

  #keep(line: string): void {
    const [name = "", value = ""] = (line.split(";", 1)[0] ?? "").split("=", 2);
    if (value === "") this.#cookies.delete(name);
    else this.#cookies.set(name, value);
  }
}
