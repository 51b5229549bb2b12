import express, { type RequestHandler } from "express";
import { AppError } from "@attestream/shared";

const maxBytes = 32 * 1024;
const maxDepth = 32;

/**
 * Parses a JSON body of at most 32 KiB. A body of another type is refused instead of ignored, and
 * one that nests deeper than any sensible one is refused before it is parsed: recursive code on it
 * would exhaust the stack.
 */
export function jsonBody(): RequestHandler[] {
  const parse = express.json({
    limit: maxBytes,
    strict: true,
    verify: (_request, _response, buffer) => {
      if (depthOf(buffer) > maxDepth)
        throw new AppError("invalid_request", { message: `The body nests deeper than ${maxDepth} levels.` });
    },
  });
  return [
    (request, _response, next) => {
      const hasBody =
        request.headers["transfer-encoding"] !== undefined || Number(request.headers["content-length"] ?? 0) > 0;
      if (hasBody && !request.is("application/json")) {
        next(new AppError("unsupported_media_type"));
        return;
      }
      next();
    },
    parse,
    (request, _response, next) => {
      request.body ??= {};
      next();
    },
  ];
}

function depthOf(buffer: Buffer): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let index = 0; index < buffer.length; index++) {
    const byte = buffer[index];
    if (inString) {
      if (byte === 0x5c) index++;
      else if (byte === 0x22) inString = false;
    } else if (byte === 0x22) inString = true;
    else if (byte === 0x7b || byte === 0x5b) deepest = Math.max(deepest, ++depth);
    else if (byte === 0x7d || byte === 0x5d) depth--;
  }
  return deepest;
}
