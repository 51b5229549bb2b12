import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { apiErrors, type AppError } from "@attestream/shared";
import type { ErrorEnvelope } from "@attestream/shared/partner-api";

/** Refuses an upgrade with plain HTTP, in the envelope of every other error, and closes. */
export function answerRefusal(
  socket: Duplex,
  error: AppError,
  options: { requestId: string; publicUrl: string },
): void {
  const entry = apiErrors[error.code];
  const body: ErrorEnvelope = {
    status: "error",
    error: {
      type: entry.type,
      code: error.code,
      message: error.code === "internal" ? entry.message : error.message,
      retriable: entry.retriable,
      requestId: options.requestId,
      docUrl: `${options.publicUrl}/docs/errors#${error.code}`,
    },
  };
  const text = JSON.stringify(body);
  socket.once("finish", () => socket.destroy());
  socket.end(
    [
      `HTTP/1.1 ${entry.status} ${STATUS_CODES[entry.status] ?? ""}`,
      "Content-Type: application/json; charset=utf-8",
      `Content-Length: ${Buffer.byteLength(text)}`,
      "Cache-Control: no-store",
      `X-Request-Id: ${options.requestId}`,
      ...(entry.status === 503 ? ["Retry-After: 5"] : []),
      "Connection: close",
      "",
      text,
    ].join("\r\n"),
  );
}
