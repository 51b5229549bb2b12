import express from "express";
import { pagePolicy } from "../pages/page.ts";
import { docsPage } from "./docs-page.ts";
import { openApiDocument } from "./openapi-document.ts";

/** `GET /openapi.json` for programs, `GET /docs` for people. Each is made once, when it is first asked for: that takes a second of a slow machine. */
export function openApiRoutes(publicUrl: string): express.Router {
  let document: string | undefined;
  let reference: string | undefined;
  const router = express.Router();
  router.get("/openapi.json", (_request, response) => {
    response.set({ "Cache-Control": "public, max-age=300", "Access-Control-Allow-Origin": "*" });
    response.type("json").send((document ??= JSON.stringify(openApiDocument(publicUrl))));
  });
  router.get("/docs", (_request, response) => {
    response.set({
      "Cache-Control": "public, max-age=300",
      "Content-Security-Policy": pagePolicy,
      "Referrer-Policy": "no-referrer",
    });
    response.type("html").send((reference ??= docsPage(publicUrl)));
  });
  return router;
}
