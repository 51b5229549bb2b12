import type { RequestHandler, Response } from "express";
import type { Kysely } from "kysely";
import { AppError } from "@attestream/shared";
import { createSessionRequestSchema, type CreatedSession } from "@attestream/shared/partner-api";
import { parseInput } from "../http/parse-input.ts";
import { partnerOf } from "../http/request-context.ts";
import { sendSuccess } from "../http/send-success.ts";
import type { PlatformStore } from "../platforms/platform-store.ts";
import type { Database, SessionRow } from "../storage/schema.ts";
import { checkWebhookTarget } from "../webhooks/webhook-target.ts";
import { checkCustomUrl } from "./custom-url.ts";
import { checkDisclosure } from "./check-disclosure.ts";
import { bindKey, idempotentRequest, KeyTaken, sessionMadeBefore, type IdempotentRequest } from "./idempotency.ts";
import { embedUrlOf, type SessionAddresses } from "./present-session.ts";
import type { NewSession, SessionService } from "./session-service.ts";

const hourMs = 3_600_000;
const knownFields = new Set(Object.keys(createSessionRequestSchema.shape));
const maxWarnings = 20;

/** `POST /partner/browser-session`. With an `Idempotency-Key` that made a session already: that session, with a fresh link. */
export function createSessionRoute(deps: {
  db: Kysely<Database>;
  sessions: SessionService;
  platforms: PlatformStore;
  addresses: SessionAddresses;
  webhookDevHosts: readonly string[];
  customUrlDevHosts: readonly string[];
  now: () => Date;
  newId: () => string;
}): RequestHandler {
  async function made(request: IdempotentRequest): Promise<SessionRow | null> {
    const id = await sessionMadeBefore(deps.db, request, deps.now());
    return id === null ? null : deps.sessions.get(id);
  }

  function answer(response: Response, session: SessionRow, warnings: string[]): void {
    const created: CreatedSession = {
      sessionId: session.id,
      status: "CREATED",
      embedUrl: embedUrlOf(session, deps.addresses),
      platformId: session.platform_id,
      expiresAt: session.expires_at.toISOString(),
      createdAt: session.created_at.toISOString(),
      ...(session.external_reference_id === null ? {} : { externalReferenceId: session.external_reference_id }),
      ...(warnings.length === 0 ? {} : { warnings }),
    };
    sendSuccess(response, created, 201);
  }

  return async (request, response) => {
    const partner = partnerOf(response);
    const warnings = unknownFields(request.body);
    const idempotent = idempotentRequest(request.get("idempotency-key"), partner, request.body);
    const before = idempotent && (await made(idempotent));
    if (before) {
      response.setHeader("Idempotent-Replayed", "true");
      answer(response, before, warnings);
      return;
    }
    const body = parseInput(createSessionRequestSchema, request.body);
    if (body.webhookUrl !== undefined) {
      const target = checkWebhookTarget(body.webhookUrl, deps.webhookDevHosts);
      if (!target.ok) throw new AppError("webhook_url_invalid", { message: target.problem, param: "webhookUrl" });
    }
    if (body.webhookEvents !== undefined && body.webhookUrl === undefined) {
      throw new AppError("invalid_request", {
        message: "webhookEvents: there is nowhere to send them; give a webhookUrl too",
        param: "webhookEvents",
      });
    }
    const allowedOrigins = body.allowedOrigins?.map(originOf);

    const platform = await deps.platforms.current(body.platformId);
    if (!platform) throw new AppError("platform_unknown", { param: "platformId" });
    if (partner.mode === "test" && !partner.reachesEveryPlatform && !(platform.definition.sandbox ?? false)) {
      throw new AppError("platform_needs_live_key", { param: "platformId" });
    }
    if (!platform.isActive) throw new AppError("platform_inactive", { param: "platformId" });
    const customUrl =
      body.customUrl === undefined
        ? undefined
        : checkCustomUrl(body.customUrl, platform.definition, deps.customUrlDevHosts);

    checkDisclosure(body.disclosure, platform.definition);
    if (body.credential && body.disclosure !== "full" && "predicates" in body.disclosure) {
      throw new AppError("invalid_request", {
        message:
          "credential: there is nothing to make one from where disclosure asks for predicates; leave one of them out",
        param: "credential",
      });
    }

    const input: NewSession = {
      id: deps.newId(),
      partnerId: partner.id,
      apiKeyId: partner.keyId,
      mode: partner.mode,
      platformId: platform.id,
      platformHash: platform.hash,
      expiresAt: new Date(deps.now().getTime() + body.expiresInHours * hourMs),
      consentRequired: body.consent,
      receiverData: body.receiverData,
      webhookUrl: body.webhookUrl,
      webhookEvents: body.webhookEvents,
      customUrl,
      externalReferenceId: body.externalReferenceId,
      nonce: body.nonce,
      disclosure: body.disclosure === "full" ? undefined : body.disclosure,
      wantsCredential: body.credential,
      locale: body.locale,
      theme: body.theme,
      metadata: body.metadata,
      allowedOrigins,
    };
    try {
      const session = await deps.sessions.create(
        input,
        idempotent ? (trx, { id }) => bindKey(trx, idempotent, id, deps.now()) : undefined,
      );
      answer(response, session, warnings);
    } catch (error) {
      const first = error instanceof KeyTaken && idempotent ? await made(idempotent) : null;
      if (!first) throw error;
      response.setHeader("Idempotent-Replayed", "true");
      answer(response, first, warnings);
    }
  };
}

/** Clients of the hosted API may send fields that we do not know: they are ignored, and named. */
function unknownFields(body: Record<string, unknown>): string[] {
  return Object.keys(body)
    .filter((field) => !knownFields.has(field))
    .slice(0, maxWarnings)
    .map((field) => `The field "${field.slice(0, 64)}" is not known and was ignored.`);
}

function originOf(text: string): string {
  const url = new URL(text);
  if (
    !/^https?:$/.test(url.protocol) ||
    url.pathname !== "/" ||
    url.search !== "" ||
    url.hash !== "" ||
    url.username !== ""
  ) {
    throw new AppError("invalid_request", {
      message: "allowedOrigins: write origins only, for example https://shop.example.com",
      param: "allowedOrigins",
    });
  }
  return url.origin;
}
