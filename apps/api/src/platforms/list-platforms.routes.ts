import type { RequestHandler } from "express";
import type { Platform } from "@attestream/shared/partner-api";
import { sendSuccess } from "../http/send-success.ts";
import type { PlatformEntry, PlatformStore } from "./platform-store.ts";

/** `GET /partner/browser-platforms` */
export function listPlatforms(platforms: PlatformStore): RequestHandler {
  return async (_request, response) => {
    sendSuccess(response, (await platforms.list()).map(presentPlatform));
  };
}

function presentPlatform({ id, name, definition, icon, isActive, createdAt, updatedAt }: PlatformEntry): Platform {
  return {
    id,
    name,
    displayName: definition.displayName,
    description: definition.description ?? null,
    icon,
    loginUrl: definition.loginUrl,
    allowCustomUrl: definition.allowCustomUrl ?? false,
    config: { version: definition.version, sandbox: definition.sandbox ?? false },
    isActive,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt?.toISOString() ?? null,
  };
}
