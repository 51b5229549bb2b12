import type { Request, RequestHandler } from "express";
import { AppError } from "@attestream/shared";
import {
  listDeliveriesQuerySchema,
  replayRangeRequestSchema,
  webhookTestRequestSchema,
  type WebhookAttempt,
  type WebhookDelivery,
  type WebhookDeliveryDetail,
  type WebhookDeliveryList,
} from "@attestream/shared/partner-api";
import { parseInput } from "../http/parse-input.ts";
import { partnerOf } from "../http/request-context.ts";
import { sendSuccess } from "../http/send-success.ts";
import type { AttemptRow, DeliveryLog, DeliveryRow } from "./delivery-log.ts";
import { checkWebhookTarget } from "./webhook-target.ts";

/** `GET /partner/webhook-deliveries` */
export function listDeliveriesRoute(log: DeliveryLog): RequestHandler {
  return async (request, response) => {
    const query = parseInput(listDeliveriesQuerySchema, request.query);
    const { deliveries, total } = await log.list(partnerOf(response), query);
    const answer: WebhookDeliveryList = {
      deliveries: deliveries.map(present),
      total,
      limit: query.limit,
      offset: query.offset,
    };
    sendSuccess(response, answer);
  };
}

/** `GET /partner/webhook-deliveries/:id` */
export function getDeliveryRoute(log: DeliveryLog): RequestHandler {
  return async (request, response) => {
    const row = await log.get(partnerOf(response), idOf(request));
    const attempts = await log.attemptsOf(row);
    const answer: WebhookDeliveryDetail = { ...present(row), attemptLog: attempts.map(presentAttempt) };
    sendSuccess(response, answer);
  };
}

/** `POST /partner/webhook-deliveries/:id/replay` */
export function replayDeliveryRoute(log: DeliveryLog): RequestHandler {
  return async (request, response) =>
    sendSuccess(response, present(await log.replay(partnerOf(response), idOf(request))), 202);
}

/** `POST /partner/webhook-deliveries/replay` */
export function replayRangeRoute(log: DeliveryLog): RequestHandler {
  return async (request, response) => {
    const range = parseInput(replayRangeRequestSchema, request.body);
    sendSuccess(response, await log.replayRange(partnerOf(response), range), 202);
  };
}

/** `POST /partner/webhook-test` */
export function webhookTestRoute(log: DeliveryLog, webhookDevHosts: readonly string[]): RequestHandler {
  return async (request, response) => {
    const { webhookUrl } = parseInput(webhookTestRequestSchema, request.body);
    const target = checkWebhookTarget(webhookUrl, webhookDevHosts);
    if (!target.ok) throw new AppError("webhook_url_invalid", { message: target.problem, param: "webhookUrl" });
    sendSuccess(response, present(await log.sendTest(partnerOf(response), webhookUrl)), 202);
  };
}

function idOf(request: Request): string {
  const id = String(request.params["id"]);
  if (!/^msg_[\w-]{1,64}$/.test(id)) throw new AppError("delivery_not_found");
  return id;
}

function present(row: DeliveryRow): WebhookDelivery {
  return {
    id: row.id,
    sessionId: row.session_id,
    event: row.event,
    url: row.url,
    state: row.state,
    attempts: row.attempts,
    replays: row.replays,
    nextAttemptAt: row.next_attempt_at?.toISOString() ?? null,
    lastStatus: row.last_status,
    lastError: row.last_error,
    createdAt: row.created_at.toISOString(),
    deliveredAt: row.delivered_at?.toISOString() ?? null,
  };
}

function presentAttempt(row: AttemptRow): WebhookAttempt {
  return {
    replay: row.replay,
    number: row.number,
    startedAt: row.started_at.toISOString(),
    durationMs: row.duration_ms,
    status: row.status,
    error: row.error,
  };
}
