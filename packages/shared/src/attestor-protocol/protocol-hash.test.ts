import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { z } from "zod";
import { attestorDownMessageSchema } from "./down.ts";
import { attestorHelloSchema, attestorProofSchema, attestorWorkerHelloSchema } from "./handshake.ts";
import { attestorProtocolVersion } from "./protocol-version.ts";
import { attestorUpMessageSchema } from "./up.ts";

/** Version -> hash of its messages. A released line is never changed: give the protocol a new version. */
const hashes: Record<number, string> = {
  1: "09133ad077283f1d9f2b681ed52633e168b6cc4b364dd6366c768e724aadfeeb",
};

it("is not changed without a new version", () => {
  const schemas = [
    attestorHelloSchema,
    attestorWorkerHelloSchema,
    attestorProofSchema,
    attestorUpMessageSchema,
    attestorDownMessageSchema,
  ];
  const text = JSON.stringify(schemas.map((schema) => z.toJSONSchema(schema)));
  expect(createHash("sha256").update(text).digest("hex")).toBe(hashes[attestorProtocolVersion]);
});
