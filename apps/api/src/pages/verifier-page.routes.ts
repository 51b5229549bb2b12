import { join, resolve } from "node:path";
import express, { type RequestHandler } from "express";
import { createFramePageReader } from "../embed/frame-page.ts";

/** As it is built beside this app. */
const builtPage = resolve(import.meta.dirname, "../../../verifier/dist");

/**
 * The page that checks proofs in the reader's browser. It may connect to this server alone; with `?keys-from=ORIGIN`,
 * which its button leads to, also to that issuer, for its keys.
 */
export function createVerifierPage({ verifierDir = builtPage }: { verifierDir?: string } = {}): express.Router {
  const readPage = createFramePageReader(verifierDir);
  const headers: RequestHandler = (request, response, next) => {
    response.set({
      "Content-Security-Policy": policyFor(request.query["keys-from"]),
      "Referrer-Policy": "no-referrer",
      "X-Content-Type-Options": "nosniff",
      "Cache-Control": "no-cache",
    });
    next();
  };

  const router = express.Router();
  router.get("/verify", headers, async (_request, response) => {
    const page = await readPage();
    if ("html" in page) {
      response.type("html").send(page.html);
      return;
    }
    response.status(503).type("text").send(missing);
  });
  router.get("/verifier/verify.html", headers, (_request, response, next) => {
    response.attachment("verify.html");
    response.sendFile(join(verifierDir, "verify.html"), (error) => {
      if (error) next();
    });
  });
  // The files' names carry their hash.
  const files = { immutable: true, maxAge: "1y", index: false, redirect: false, dotfiles: "ignore" } as const;
  router.use("/verifier/assets", express.static(join(verifierDir, "assets"), files));
  return router;
}

function policyFor(keysFrom: unknown): string {
  return [
    "default-src 'none'",
    // The proofs of ranges are checked by a library in WebAssembly.
    "script-src 'self' 'wasm-unsafe-eval'",
    "style-src 'self'",
    "img-src data:",
    ["connect-src 'self'", ...issuerOrigin(keysFrom)].join(" "),
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}

/** Only what a header can carry safely, and what keys may be got from: a whole https origin, or one on this machine. */
function issuerOrigin(text: unknown): string[] {
  const url = typeof text === "string" ? URL.parse(text) : null;
  if (url === null || url.origin !== text) return [];
  const isLocal = url.hostname === "localhost" || url.hostname === "127.0.0.1";
  return url.protocol === "https:" || (url.protocol === "http:" && isLocal) ? [url.origin] : [];
}

const missing = `The page that checks proofs is not built.
For the operator: run "node build.ts" in apps/verifier; "npm start" does it by itself.
`;
