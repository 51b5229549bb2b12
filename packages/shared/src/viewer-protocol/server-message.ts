import { z } from "zod";
import { ariaLimits, ariaNodeSchema } from "./aria-node.ts";
import { autofillTokens, challengeSchema } from "../challenge.ts";
import { copyLimit } from "./protocol-version.ts";

export const selectOptionSchema = z.strictObject({
  index: z.int().min(0).max(100_000),
  label: z.string().max(200),
  /** Name of the group it stands in; empty for none. */
  group: z.string().max(200),
  disabled: z.boolean(),
  selected: z.boolean(),
});

/** A field whose widget the user opened: its attributes as the page has them, and its value. */
export const pickerFieldSchema = z.strictObject({
  kind: z.enum(["date", "time", "month", "week", "datetime-local", "color"]),
  label: z.string().max(200),
  value: z.string().max(40),
  min: z.string().max(40),
  max: z.string().max(40),
  step: z.string().max(40),
  /** False: it may be emptied. */
  required: z.boolean(),
  /** Values of its datalist. */
  suggestions: z.array(z.string().max(40)).max(100),
});

/** Worker -> viewer, JSON text. */
export const serverMessageSchema = z.discriminatedUnion("type", [
  /** First message: size of the page, CSS pixels. Frame packets may have another size: pointers are sent in packet pixels. */
  z.strictObject({
    type: z.literal("hello"),
    protocol: z.int(),
    width: z.int(),
    height: z.int(),
    /** Keys, texts and presses that viewers have brought so far: what one sent beyond them was lost on the way. */
    taken: z.int().min(0),
  }),
  /** To a `ping`, at once. */
  z.strictObject({ type: z.literal("pong"), id: z.int().min(1).max(0xffff_ffff) }),
  /** Where the browser is; never more than the host. */
  z.strictObject({ type: z.literal("location"), host: z.string().max(255), secure: z.boolean(), loading: z.boolean() }),
  /** What the user is asked, or null when nothing is. */
  z.strictObject({ type: z.literal("challenge"), challenge: challengeSchema.nullable() }),
  /**
   * What ends the session next, by the worker's clocks: `idle` unless the user does something, `challenge`
   * unless it is answered, `total` in any case. Null when nothing does.
   */
  z.strictObject({
    type: z.literal("expiring"),
    deadline: z.strictObject({ kind: z.enum(["idle", "challenge", "total"]), at: z.iso.datetime() }).nullable(),
  }),
  /** Whether the user's input reaches the page now. */
  z.strictObject({ type: z.literal("control"), enabled: z.boolean() }),
  z.strictObject({ type: z.literal("cursor"), cursor: z.string().max(32) }),
  /** The focused field, so that a phone shows the right keyboard; null when no field has the focus. */
  z.strictObject({
    type: z.literal("focus"),
    field: z
      .strictObject({
        inputMode: z.enum(["none", "text", "decimal", "numeric", "tel", "search", "email", "url"]),
        secret: z.boolean(),
        multiline: z.boolean(),
        enterKeyHint: z.enum(["enter", "done", "go", "next", "previous", "search", "send"]),
        autocapitalize: z.enum(["off", "characters", "words", "sentences"]),
        autocomplete: z.enum(autofillTokens),
        /** In packet pixels. */
        x: z.number(),
        y: z.number(),
        width: z.number(),
        height: z.number(),
      })
      .nullable(),
  }),
  /** The JavaScript dialog that holds up the page until it is answered; null when there is none (any more). */
  z.strictObject({
    type: z.literal("dialog"),
    dialog: z
      .strictObject({
        id: z.string().max(64),
        /** `leave`: the page asks whether it may be left. */
        kind: z.enum(["alert", "confirm", "prompt", "leave"]),
        /** The site that asks. */
        host: z.string().max(255),
        message: z.string().max(2_000),
        /** What a prompt suggests. */
        suggestion: z.string().max(2_000),
      })
      .nullable(),
  }),
  /** The window on top was opened by a page: the host below it, to which closing leads back. Null for the first window. */
  z.strictObject({
    type: z.literal("popup"),
    popup: z.strictObject({ belowHost: z.string().max(255) }).nullable(),
  }),
  /** The page wants files of the user; null when it has them, or does not want them any more. */
  z.strictObject({
    type: z.literal("file"),
    request: z
      .strictObject({
        id: z.string().max(64),
        host: z.string().max(255),
        multiple: z.boolean(),
        /** As the attribute of the input: a hint, not a rule. */
        accept: z.string().max(1_000),
      })
      .nullable(),
  }),
  /** The user opened a `<select>`, or the suggestions of a field: its list, to choose one from; null when it is closed (again). */
  z.strictObject({
    type: z.literal("select"),
    select: z
      .strictObject({
        id: z.string().max(64),
        label: z.string().max(200),
        options: z.array(selectOptionSchema).max(500),
      })
      .nullable(),
  }),
  /** The user opened the widget of a date, time or colour field; null when it is closed (again). */
  z.strictObject({
    type: z.literal("picker"),
    picker: pickerFieldSchema.extend({ id: z.string().max(64) }).nullable(),
  }),
  /** A server wants a user name and a password before it shows its page; null when it does not (any more). */
  z.strictObject({
    type: z.literal("auth"),
    request: z
      .strictObject({
        id: z.string().max(64),
        host: z.string().max(255),
        /** The server's own name for what is behind. */
        realm: z.string().max(200),
        secure: z.boolean(),
        /** What was sent before was refused. */
        again: z.boolean(),
      })
      .nullable(),
  }),
  /** What a screen reader says of the page, whole; sent only while the viewer asks for it. */
  z.strictObject({ type: z.literal("aria"), nodes: z.array(ariaNodeSchema).max(ariaLimits.nodes) }),
  /** The user, or the page by itself, copied or cut this. */
  z.strictObject({ type: z.literal("copied"), text: z.string().min(1).max(copyLimit) }),
  /** A window was closed because it led to this host, which does not belong to the platform. */
  z.strictObject({ type: z.literal("popupRefused"), host: z.string().max(255) }),
]);

export type ServerMessage = z.infer<typeof serverMessageSchema>;
export type RunDeadline = NonNullable<Extract<ServerMessage, { type: "expiring" }>["deadline"]>;
export type PageDialog = NonNullable<Extract<ServerMessage, { type: "dialog" }>["dialog"]>;
export type FileRequest = NonNullable<Extract<ServerMessage, { type: "file" }>["request"]>;
export type PageSelect = NonNullable<Extract<ServerMessage, { type: "select" }>["select"]>;
export type PagePicker = NonNullable<Extract<ServerMessage, { type: "picker" }>["picker"]>;
export type AuthRequest = NonNullable<Extract<ServerMessage, { type: "auth" }>["request"]>;
export type FocusedField = NonNullable<Extract<ServerMessage, { type: "focus" }>["field"]>;
