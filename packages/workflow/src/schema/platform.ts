import { z } from "zod";
import { errorCodeSchema, jsonSchema, sessionStatusSchema } from "@attestream/shared";
import { outputNames } from "../output/index.ts";
import { durationText } from "./action.ts";
import { partSchema } from "./collect.ts";
import { fieldNameText, idText, screenSchema } from "./screen.ts";
import { allowPresetNames, ownHosts } from "./allow-presets.ts";
import { isAllowedHost } from "./url-pattern.ts";

const hostText = z
  .string()
  .max(253)
  .regex(
    new RegExp(`^(?:${allowPresetNames.join("|")}|(?:\\*\\.)?(?=[^.]*[a-z0-9])[a-z0-9-]+(?:\\.[a-z0-9-]+)+)$`),
    `write a host name in lower case, or *.name for its subdomains; no scheme, port or path; or one of ${allowPresetNames.join(", ")}`,
  );

const ownHostText = hostText.refine(
  (host) => !allowPresetNames.some((preset) => preset === host),
  "name the host itself; a preset's are not the platform's",
);

const notYet = z.never({ error: "is not supported yet; remove it" }).optional();

const browserSchema = z.strictObject({
  locale: z
    .string()
    .regex(/^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$/, "write a language tag, for example en-GB")
    .optional(),
  timezone: z
    .string()
    .refine((zone) => {
      try {
        return Boolean(new Intl.DateTimeFormat("en", { timeZone: zone }));
      } catch {
        return false;
      }
    }, "is not a time zone; write for example Europe/London")
    .optional(),
  userAgent: z.string().min(1).max(500).optional(),
  // Named so that an author learns more than that they are unknown: a setting that does nothing is worse than none.
  engine: notYet,
  deviceRatio: notYet,
  proxy: notYet,
});

const testSchema = z.strictObject({
  name: z.string().min(1).max(200),
  as: z.record(fieldNameText, z.string()),
  expect: z.strictObject({
    status: sessionStatusSchema,
    errorCode: errorCodeSchema.optional(),
    data: z.record(fieldNameText, jsonSchema).optional(),
    visited: z.array(idText).optional(),
  }),
});

const catalogueShape = {
  name: idText,
  displayName: z.string().min(1).max(100),
  description: z.string().max(500).optional(),
  icon: z
    .string()
    .regex(/^[a-zA-Z0-9_-]+\.(?:svg|png|webp)$/, "write the name of an svg, png or webp file beside this one")
    .optional(),
  loginUrl: z.url({ protocol: /^https$/, error: "write an https address" }),
  allowCustomUrl: z.boolean().optional(),
  version: z
    .string({ error: 'write a version in quotes, for example "1.0.0"' })
    .regex(/^\d+\.\d+\.\d+$/, "write a version of three numbers, for example 1.0.0"),
  sandbox: z.boolean().optional(),
};

/** What the list of platforms says: of a file that is wrong elsewhere it can still be told. */
export const platformCatalogueSchema = z.object(catalogueShape);

export type PlatformCatalogue = z.infer<typeof platformCatalogueSchema>;

/**
 * A platform file, `platform/1`. Nothing is transformed and nothing filled in: what comes out is what
 * went in, so the JSON form can be parsed again elsewhere and has the same hash. Defaults belong to
 * the readers.
 */
export const platformDefinitionSchema = z
  .strictObject({
    format: z.literal("platform/1", { error: "write format: platform/1" }),
    ...catalogueShape,
    browser: browserSchema.optional(),
    allow: z.array(hostText).min(1, "name at least the host of loginUrl").max(50),
    output: z
      .enum(outputNames, { error: `is not known; use one of ${outputNames.join(", ")}, or leave it out` })
      .optional(),
    limits: z.strictObject({ total: durationText.optional(), idle: durationText.optional() }).optional(),
    screens: z.array(screenSchema).min(1, "a tree needs at least one screen").max(100),
    collect: z.array(partSchema).min(1, "a tree collects at least one part").max(20),
    prove: z
      .array(
        z.strictObject({
          from: fieldNameText,
          reveal: z.array(fieldNameText).min(1),
          /** Without it the data is signed alone, and the attestation says so. */
          required: z.boolean().optional(),
          /** `replay` asks for the response once more, so that its address is proved too. Default: passive. */
          mode: z.enum(["passive", "replay"], { error: "write passive or replay" }).optional(),
          /** Where the response comes from; default: the host of the login address. */
          hosts: z.array(ownHostText).min(1).max(10).optional(),
        }),
      )
      .max(20)
      .optional(),
    tests: z.array(testSchema).max(100).optional(),
  })
  .superRefine((platform, context) => {
    const report = (path: (string | number)[], message: string) => context.addIssue({ code: "custom", path, message });
    if (
      URL.canParse(platform.loginUrl) &&
      !isAllowedHost(ownHosts(platform.allow), new URL(platform.loginUrl).hostname)
    )
      report(["loginUrl"], "its host is not in allow; add it there");
    for (const [key, ids] of [
      ["screens", platform.screens.map(({ id }) => id)],
      ["collect", platform.collect.map(({ id }) => id)],
    ] as const) {
      for (const [index, id] of ids.entries())
        if (ids.indexOf(id) !== index) report([key, index, "id"], `"${id}" is used twice; give each its own id`);
    }
    if (!platform.screens.some((screen) => screen.then === "collect"))
      report(["screens"], "no screen leads to collect; add one with then: collect");
    const owners = new Map<string, string>();
    for (const [index, part] of platform.collect.entries()) {
      const fields = [
        ...Object.keys(part.read ?? {}).map((field) => [field, ["read", field]] as const),
        ...(part.table ? [[part.id, ["table"]] as const] : []),
      ];
      for (const [field, path] of fields) {
        if (owners.has(field))
          report(
            ["collect", index, ...path],
            `the part ${owners.get(field)} already gives "${field}"; choose another name`,
          );
        owners.set(field, part.id);
      }
    }
    for (const [index, proof] of (platform.prove ?? []).entries()) {
      const part = platform.collect.find(({ id }) => id === proof.from);
      if (!part) report(["prove", index, "from"], `there is no part "${proof.from}" in collect`);
      if (platform.prove?.findIndex(({ from }) => from === proof.from) !== index)
        report(["prove", index, "from"], `"${proof.from}" is proved twice; put all its fields into one reveal`);
      if (proof.mode === "replay" && (part?.capture?.request.method ?? "GET") !== "GET")
        report(["prove", index, "mode"], "only a GET can be asked for once more; use passive");
      for (const [at, host] of (proof.hosts ?? []).entries()) {
        if (!isAllowedHost(ownHosts(platform.allow), host.replace(/^\*\./, "any.")))
          report(["prove", index, "hosts", at], "is not in allow; add it there");
      }
      for (const [at, field] of proof.reveal.entries()) {
        if (part && !Object.hasOwn(part.read ?? {}, field))
          report(["prove", index, "reveal", at], `the part ${part.id} does not read "${field}"`);
      }
    }
  });

export type PlatformDefinition = z.infer<typeof platformDefinitionSchema>;
