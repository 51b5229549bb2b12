import express from "express";
import { pagePolicy } from "../pages/page.ts";
import { docsPage } from "./docs-page.ts";
import { openApiDocument } from "./openapi-document.ts";

/** `GET /openapi.json` for programs, `GET /docs` for people. Both are made once: they change with the program only. */
export function openApiRoutes(publicUrl: string): express.Router {
  const document = JSON.stringify(openApiDocument(publicUrl));
  const reference = docsPage(publicUrl);
  const router = express.Router();
  router.get("/openapi.json", (_request, response) => {
    response.set({ "Cache-Control": "public, max-age=300", "Access-Control-Allow-Origin": "*" });
    response.type("json").send(document);
  });
  router.get("/docs", (_request, response) => {
    response.set({
      "Cache-Control": "public, max-age=300",
      "Content-Security-Policy": pagePolicy,
      "Referrer-Policy": "no-referrer",
    });
    response.type("html").send(reference);
  });
  return router;
}
