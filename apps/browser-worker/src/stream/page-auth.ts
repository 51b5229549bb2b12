import type { AuthRequest, ViewerMessage } from "@attestream/shared/viewer-protocol";
import type { Page, Response } from "playwright";
import { readAuthChallenge } from "./auth-challenge.ts";
import { hostOf } from "./host-of.ts";

type Credentials = NonNullable<Extract<ViewerMessage, { type: "authReply" }>["credentials"]>;

interface OpenRequest {
  page: Page;
  origin: string;
  shown: AuthRequest;
}

/**
 * A page that its server shows only to a user name and a password (HTTP basic and digest). The server's
 * refusal is shown in the picture meanwhile, so nothing waits for the answer; with an answer the page is
 * loaded again. Requests are intercepted only for that long, and the browser itself remembers the answer.
 */
export class PageAuth {
  readonly #onChange: (request: AuthRequest | null) => void;
  /** What was answered for the page that is being loaded again. */
  readonly #tried = new WeakMap<Page, string>();
  #open: OpenRequest | null = null;
  /** Two at once would hear each other's questions. */
  #loading: Promise<void> = Promise.resolve();
  #count = 0;

  constructor(onChange: (request: AuthRequest | null) => void) {
    this.#onChange = onChange;
  }

  watch(page: Page): void {
    page.on("response", (response) => {
      const request = response.request();
      if (request.isNavigationRequest() && request.frame() === page.mainFrame()) void this.#look(page, response);
    });
    page.on("request", (request) => {
      if (request.isNavigationRequest() && request.frame() === page.mainFrame()) this.#forget(page);
    });
    page.on("close", () => this.#forget(page));
  }

  answer({ id, credentials }: Extract<ViewerMessage, { type: "authReply" }>): void {
    const open = this.#open;
    if (open?.shown.id !== id) return;
    this.#forget(open.page);
    if (credentials === null) return;
    this.#tried.set(open.page, keyOf(open));
    // A page that closes or goes elsewhere meanwhile needs no answer.
    this.#loading = this.#loading.then(() => loadAgain(open, credentials)).catch(() => {});
  }

  tell(): void {
    this.#onChange(this.#open?.shown ?? null);
  }

  async #look(page: Page, response: Response): Promise<void> {
    const header = response.status() === 401 ? await response.headerValue("www-authenticate").catch(() => null) : null;
    const challenge = header === null ? null : readAuthChallenge(header);
    const tried = this.#tried.get(page);
    this.#tried.delete(page);
    if (challenge === null || page.isClosed()) return;
    const { origin, protocol } = new URL(response.url());
    this.#count += 1;
    const shown = {
      id: `auth-${this.#count}`,
      host: hostOf(response.url()),
      realm: challenge.realm,
      secure: protocol === "https:",
      again: false,
    };
    const open = { page, origin, shown };
    shown.again = tried === keyOf(open);
    this.#open = open;
    this.tell();
  }

  #forget(page: Page): void {
    if (this.#open?.page !== page) return;
    this.#open = null;
    this.tell();
  }
}

function keyOf({ origin, shown }: OpenRequest): string {
  return `${origin} ${shown.realm}`;
}

/** The answer is given once: a server that asks again gets none, and its refusal is shown. */
async function loadAgain({ page, origin }: OpenRequest, credentials: Credentials): Promise<void> {
  const client = await page.context().newCDPSession(page);
  let given = false;
  client.on("Fetch.requestPaused", ({ requestId }) => {
    void client.send("Fetch.continueRequest", { requestId }).catch(() => {});
  });
  client.on("Fetch.authRequired", ({ requestId, authChallenge }) => {
    const isAsked = !given && authChallenge.source === "Server" && authChallenge.origin === origin;
    given ||= isAsked;
    const authChallengeResponse = isAsked
      ? { response: "ProvideCredentials" as const, ...credentials }
      : { response: "CancelAuth" as const };
    void client.send("Fetch.continueWithAuth", { requestId, authChallengeResponse }).catch(() => {});
  });
  try {
    await client.send("Fetch.enable", {
      handleAuthRequests: true,
      patterns: [{ urlPattern: "*", resourceType: "Document" }],
    });
    await page.reload({ waitUntil: "commit" });
  } finally {
    await client.detach();
  }
}
