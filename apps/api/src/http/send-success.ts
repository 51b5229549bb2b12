import type { Response } from "express";

/** The envelope of every successful answer of the partner API and the frame API. */
export function sendSuccess(response: Response, data: unknown, status = 200): void {
  response.status(status).json({ status: "success", data });
}
