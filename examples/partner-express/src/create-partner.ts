import { randomUUID } from "node:crypto";
import { AttestreamError, verifyWebhook, WebhookVerificationError, type Client } from "@attestream/sdk";
import express, { type ErrorRequestHandler, type Express } from "express";
import helmet from "helmet";
import { checkAttestation } from "./check-attestation.ts";
import { isSettled, type Verifications } from "./verifications.ts";

export interface PartnerOptions {
  client: Client;
  verifications: Verifications;
  webhookSecret: string;
  webhookUrl: string;
  platformName: string;
  /** Origins that embed URLs may have; the page frames nothing else. */
  frameOrigins: string[];
  /** The bundled `@attestream/sdk/embed`. */
  embedScript: string;
  publicFolder: string;
  /** JWKS of the attestors whose word counts here; those that the operator names when left out. */
  attestors?: unknown;
  clock: () => Date;
}

/** A partner's web application: one page, an endpoint that starts a verification, and the webhook. */
export function createPartner(options: PartnerOptions): Express {
  const { client, verifications, clock } = options;
  const partner = express();
  partner.use(
    helmet({
      contentSecurityPolicy: {
        useDefaults: false,
        directives: {
          defaultSrc: ["'none'"],
          scriptSrc: ["'self'"],
          styleSrc: ["'self'"],
          imgSrc: ["'self'"],
          connectSrc: ["'self'"],
          // This is what lets the verification into the page.
          frameSrc: options.frameOrigins,
          baseUri: ["'none'"],
          formAction: ["'none'"],
          frameAncestors: ["'none'"],
        },
      },
      // The demo runs without TLS; your own page must not.
      strictTransportSecurity: false,
    }),
  );

  // 1. The page asks us to start. The API key stays here; the page gets an address that works once.
  partner.post("/api/verifications", async (_request, response) => {
    const platforms = await client.platforms();
    const platform = platforms.find(({ name, isActive }) => isActive && name === options.platformName);
    if (!platform) throw new Error(`Attestream offers no active platform named ${options.platformName}`);
    const externalReferenceId = `application-${randomUUID()}`;
    const nonce = randomUUID();
    const receiverData = { name: "Jane Doe", email: "jane.doe@example.com" };
    const session = await client.createSession({
      platformId: platform.id,
      receiverData,
      expiresInHours: 1,
      webhookUrl: options.webhookUrl,
      externalReferenceId,
      nonce,
    });
    const { origin } = new URL(session.embedUrl);
    if (!options.frameOrigins.includes(origin))
      throw new Error(
        `Attestream serves its frame from ${origin}, which this page may not show. Set FRAME_ORIGIN=${origin}`,
      );
    verifications.add({
      sessionId: session.sessionId,
      externalReferenceId,
      nonce,
      receiverData,
      platformId: platform.id,
      status: session.status,
      webhook: null,
      attestation: null,
    });
    response.status(201).json({ sessionId: session.sessionId, embedUrl: session.embedUrl });
  });

  // 2. Attestream tells us the outcome. The signature covers the raw bytes, so no JSON parser may come before it.
  partner.post("/webhooks/attestream", express.raw({ type: () => true, limit: "1mb" }), async (request, response) => {
    const payload = verifyWebhook({
      payload: Buffer.isBuffer(request.body) ? request.body : "",
      headers: request.headers,
      secret: options.webhookSecret,
    });
    // Answer first: what we do with the news is not the sender's concern.
    response.status(204).end();
    const verification = verifications.find(payload.sessionId);
    // The same webhook may come more than once.
    if (!verification || verification.webhook) return;
    verifications.update(payload.sessionId, {
      status: payload.status,
      webhook: { ok: true, receivedAt: clock().toISOString(), payload },
    });
    // 3. Do not take our word, or Attestream's: check the proof.
    if (payload.proofHash !== undefined)
      verifications.update(payload.sessionId, {
        attestation: await checkAttestation(client, verification, { now: clock(), attestors: options.attestors }),
      });
  });

  // What the page shows. A real application lets only the user whose verification it is in here.
  partner.get("/api/verifications/:sessionId", (request, response) => {
    const verification = verifications.find(request.params.sessionId);
    if (verification) response.set("cache-control", "no-store").json(verification);
    else response.status(404).json({ error: "There is no such verification." });
  });

  // The same, pushed to the page as it changes.
  partner.get("/api/verifications/:sessionId/events", (request, response) => {
    const { sessionId } = request.params;
    if (!verifications.find(sessionId)) {
      // 204 tells an EventSource not to come back.
      response.status(204).end();
      return;
    }
    response.set({ "content-type": "text/event-stream", "cache-control": "no-store" }).flushHeaders();
    const stop = verifications.watch(sessionId, (verification) => {
      response.write(`data: ${JSON.stringify(verification)}\n\n`);
      if (isSettled(verification)) response.end();
    });
    response.once("close", stop);
  });

  partner.get("/embed.js", (_request, response) => response.sendFile(options.embedScript));
  partner.use(express.static(options.publicFolder));
  partner.use(answerError);
  return partner;
}

const answerError: ErrorRequestHandler = (error: unknown, _request, response, next) => {
  if (response.headersSent) next(error);
  else if (error instanceof WebhookVerificationError) response.status(400).json({ error: error.message });
  else if (error instanceof AttestreamError) {
    response.status(502).json({
      error: `${error.message} (${error.code}${error.requestId === undefined ? "" : `, request ${error.requestId}`})`,
    });
  } else response.status(500).json({ error: error instanceof Error ? error.message : "Something went wrong." });
};
